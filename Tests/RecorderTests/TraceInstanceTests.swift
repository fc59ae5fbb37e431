// A recording's instance and probes: what is taken, refused, removed, and left to others.

import Glibc
import Recorder
import Testing

private let probes = [
  ProbeToDefine(event: "gpc_check", place: "kvm:kvm_gpc_check gpc=%di:x64", isReturn: false, lost: "checks."),
  ProbeToDefine(event: "gpc_check_ret", place: "kvm:kvm_gpc_check ret=$retval:u8", isReturn: true, lost: "checks."),
  ProbeToDefine(event: "hva_to_pfn", place: "kvm:hva_to_pfn addr=%di:x64", isReturn: false, lost: "rounds."),
]

@Suite struct TraceInstanceTests {
  private let files = StandIn()
  private let name = "gpc_replay_7_4242"

  private func recording(clock: String = "mono", output: String = "/nowhere/at/all/trace.dat") throws -> Recording {
    let settings = RecordingSettings(output: output, seconds: 1, command: [], clock: clock, version: "0")
    return try Recording(files, tracefs: StandIn.tracefs, settings: settings, pid: 7)
  }

  /// Starts, fails as expected, removes, and leaves nothing.
  private func fails(_ expected: RecordingError, _ list: [ProbeToDefine] = probes) throws {
    let recording = try recording()
    #expect(throws: expected) { try recording.start(list, facts: []) }
    #expect(recording.remove() == 0)
    #expect(files.instances == [] && files.probes == [])
  }

  @Test func aProcessWithoutStart() throws {
    files.contents["/proc/7/stat"] = nil
    #expect(throws: RecordingError.noProcessTable) { try recording() }
  }

  @Test func noInstance() throws {
    files.mkdirError = EPERM
    try fails(.instance(errno: EPERM))
  }

  @Test func noSuchClock() throws {
    files.failing["/trace_clock"] = EINVAL
    try fails(.clock("mono"))
  }

  @Test func noMemoryForTheRings() throws {
    files.failing["/buffer_size_kb"] = ENOMEM
    try fails(.buffer(kib: 8192))
  }

  @Test func everyProbeRefused() throws {
    for probe in probes { files.refused[probe.event] = "Invalid probed address or symbol" }
    try fails(.noProbe(Array(repeating: "Invalid probed address or symbol", count: 3)))
    try fails(.noProbe([]), [])
  }

  /// A folder that is not there: the files beside the recording cannot be made.
  @Test func nowhereToWrite() throws {
    let path = "/nowhere/at/all/trace.dat.cpu0.0.\(getpid())"
    try fails(.file(.system(path: path, doing: "cannot be made", errno: ENOENT)))
  }

  @Test func noRing() throws {
    files.pages = []
    try fails(.noRing)
  }

  /// One that the kernel does not take is told with the kernel's own words; the rest goes on.
  @Test func oneProbeRefused() throws {
    files.setText(
      StandIn.tracefs + "/error_log",
      "[ 1.0] trace_kprobe: error: Of another time\n  Command: p:gpc/hva_to_pfn kvm:none\n     ^\n")
    files.refused["hva_to_pfn"] = "Failed to register probe event"
    let recording = try recording()
    _ = try? recording.start(probes, facts: [])
    #expect(recording.defined == ["gpc_check", "gpc_check_ret"])
    #expect(recording.refused.map(\.event) == ["hva_to_pfn"])
    #expect(recording.refused.map(\.reason) == ["Failed to register probe event"])
    #expect(recording.remove() == 0)
    #expect(files.probes == [])
  }

  @Test func refusedWithoutAReason() throws {
    files.refused["hva_to_pfn"] = ""
    let recording = try recording()
    _ = try? recording.start(probes, facts: [])
    #expect(recording.refused.map(\.reason) == ["Invalid argument"])
  }

  /// Whatever other people have in tracefs stays there.
  @Test func othersProbesStay() throws {
    let theirs = ["p:gpc/gpc_check kvm:kvm_gpc_check", "p:gpc_replay_7_42421/gpc_check kvm:kvm_gpc_check"]
    for line in theirs { _ = files.write(line + "\n", to: StandIn.tracefs + "/kprobe_events") }
    files.makeInstance("foo")
    let recording = try recording()
    _ = try? recording.start(probes, facts: [])
    #expect(files.probes.count == 5)
    #expect(recording.remove() == 0)
    #expect(files.probes == theirs && files.instances == ["foo"])
  }

  /// Killed: its process is gone, or another has its pid. Running: it has both. Others' instances are no business of
  /// ours.
  @Test func whatAKilledRecordingLeft() throws {
    files.setStat(pid: 8, start: 1)
    for name in ["gpc_replay_9_5", "gpc_replay_8_77", "gpc_replay_8_1", "gpc_replay_x_1", "gpc_replay_9", "foo"] {
      files.makeInstance(name)
      _ = files.write("r:\(name)/gpc_check_ret kvm:kvm_gpc_check\n", to: StandIn.tracefs + "/kprobe_events")
    }
    #expect(TraceInstance.leftovers(files, tracefs: StandIn.tracefs) == ["gpc_replay_8_77", "gpc_replay_9_5"])
    let left = TraceInstance.removeLeftovers(files, tracefs: StandIn.tracefs)
    #expect(left.removed == ["gpc_replay_8_77", "gpc_replay_9_5"] && left.kept == [])
    #expect(files.instances == ["foo", "gpc_replay_8_1", "gpc_replay_9", "gpc_replay_x_1"])
    #expect(files.probes.count == 4)
  }

  /// An instance that is read stays, and so do its probes: whoever reads it still records.
  @Test func whatIsInUseStays() throws {
    files.makeInstance("gpc_replay_9_5")
    _ = files.write("p:gpc_replay_9_5/gpc_check kvm:kvm_gpc_check\n", to: StandIn.tracefs + "/kprobe_events")
    files.isBusy = true
    let left = TraceInstance.removeLeftovers(files, tracefs: StandIn.tracefs)
    #expect(left.removed == [] && left.kept == ["gpc_replay_9_5"])
    #expect(files.probes.count == 1 && files.instances == ["gpc_replay_9_5"])
  }
}

// perf script text: two real renderings of one perf.data, heads, call chains, lost records.

import KVMEvents
import Testing

@testable import TraceReaders

@Suite struct PerfScriptTests {
  private static func event(_ time: String, comm: String = "        workload", task: String = " 1340") -> String {
    "\(comm) \(task) [003]   522.\(time):                      gpc:gpc_init: (ffffffffc0a09fa4) gpc=0xff72fe1802dd2668 kvm=0xff72fe1802dc9000\n"
  }

  @Test func bothRenderingsAreTheSameEvents() throws {
    let microseconds = try Recording(.file(path: Fixture.path("perf-script-cut.txt.zst")))
    let nanoseconds = try Recording(.file(path: Fixture.path("perf-script-ns-pidtid-cut.txt.zst")))
    #expect(microseconds.lines(timeUnit: 1000, truncated: true) == nanoseconds.lines(timeUnit: 1000, truncated: true))
    #expect(try microseconds.countsByName == Fixture.counts("perf-script-cut.counts.tsv"))
    #expect(microseconds.counts == [.microseconds: 1, .formLimit: 1])
    #expect(nanoseconds.counts == [.formLimit: 1])
    #expect(nanoseconds.tasks.allSatisfy { $0.tgid != nil })
  }

  @Test func headsChainsAndBlankLinesAreNoEvents() throws {
    let chain = "\tffffffff81234567 kvm_gpc_check+0x4 ([kvm])\n\n"
    let text = "# ========\n# hostname : x\n#\n" + Self.event("062749442") + chain + Self.event("062749443")
    let recording = try Recording(text)
    #expect(recording.events.count == 2)
    #expect(recording.counts == [.formLimit: 1])
  }

  @Test func theHeadTellsTheKernel() throws {
    let text = "# hostname : x\n# os release : 6.12.95+deb12-amd64\n# perf version : 6.1\n" + Self.event("062749442")
    #expect(try Recording(text).kernel == "6.12.95+deb12-amd64")
    #expect(try Recording(Self.event("062749442")).kernel == nil)
  }

  @Test(arguments: ["CPU 0/KVM", "a 1 [000] 1.5: ", "x", "ends in blank  ", "1 2 [003]"])
  func aPaddedCommMayHoldAnything(comm: String) throws {
    let column = String(repeating: " ", count: 16 - comm.utf8.count) + comm
    let recording = try Recording(Self.event("062749441") + Self.event("062749442", comm: column))
    #expect(recording.tasks.last.map { String(decoding: $0.comm, as: UTF8.self) } == comm)
  }

  @Test(arguments: ["  1340", "   1340", "1340", "   1340/1340   ", " 1340/1340 "])
  func theTasksColumnsVary(task: String) throws {
    #expect(try Recording(Self.event("062749442", task: task)).events.map(\.pid) == [1340])
  }

  @Test func lostRecordsAreLosses() throws {
    let lost = "         swapper     0 [003]   522.062749443: PERF_RECORD_LOST lost 42\n"
    let other = "         swapper     0 [003]   522.062749444: PERF_RECORD_FORK(1:2):(3:4)\n"
    let named = "         swapper     0 [003]   522.062749444: PERF_RECORD_COMM exec: init:1/1\n"
    let recording = try Recording(Self.event("062749442") + lost + other + named + Self.event("062749445"))
    #expect(recording.counts == [.formLimit: 1, .unknownEvent: 2])
    #expect(recording.events.map(\.kind) == [.gpcInit, .lostEvents, .gpcInit])
    #expect(recording.events[1].cpu == 3)
    #expect(recording.events[1][.len] == 42)
  }

  @Test func aSampledEventsPeriodIsNoName() throws {
    let text =
      Self.event("062749442") + "        workload  1340 [003]   522.062749443:     250000 cycles:u:  ffff f+0x1 (k)\n"
    #expect(try Recording(text).names.map(\.count) == [1, 1])
  }

  /// Each column that an event needs, left out as `-F` leaves it out: with which it is readable is said.
  @Test(
    arguments: [
      ("        workload  1340  522.062749442:    gpc:gpc_init: (ffffffffc0a09fa4) gpc=0xff72fe1802762668", [.cpu]),
      ("        workload  1340/1340   522.062749442:    gpc:gpc_init: (ffffffffc0a09fa4) gpc=0xff72fe180276", [.cpu]),
      ("workload  1340  522.062749442:    gpc:gpc_init: (ffffffffc0a09fa4) gpc=0xff72fe1802762668", [.cpu]),
      ("        workload  1340 [003]    gpc:gpc_init: (ffffffffc0a09fa4) gpc=0xff72fe1802762668", [.time]),
      ("        workload [003]   522.062749442:    gpc:gpc_init: (ffffffffc0a09fa4) gpc=0xff72fe1802762668", [.tid]),
      ("[003]   522.062749442:    gpc:gpc_init: (ffffffffc0a09fa4) gpc=0xff72fe1802762668", [.tid]),
      ("        workload  1340 [003]   522.062749442: (ffffffffc0a09fa4) gpc=0xff72fe1802762668", [.event]),
      ("        workload  1340 [003]   522.062749442: (ffffffffc0a09fa4 <- ffffffffc0a09fa5) ret=0", [.event]),
      ("        workload  1340 [003]   522.062749442:    gpc:gpc_init:", [.trace]),
      ("        workload  1340   522.062749442:    gpc:gpc_init:", [.cpu, .trace]),
      ("        workload  1340    gpc:gpc_init: (ffffffffc0a09fa4) gpc=0xff72fe1802762668", [.cpu, .time]),
      ("gpc:gpc_init: (ffffffffc0a09fa4) gpc=0xff72fe1802762668", [.tid, .cpu, .time]),
    ] as [(String, [PerfScriptColumn])])
  func aColumnThatIsMissingIsNamed(line: String, missing: [PerfScriptColumn]) throws {
    let error = try #require(throws: TraceReadError.self) {
      try Recording("# cmdline : perf script\n\(line)\n\(line.replacing("442", with: "443"))\n")
    }
    #expect(error == .unusableForm(.perfScript(lacking: missing)))
    for column in missing { #expect(error.predicate.contains("(\(column.rawValue))")) }
    #expect(error.predicate.contains("perf script --ns -F comm,tid,cpu,time,event,trace"))
  }

  /// Read as what it is, it says the same.
  @Test func aMissingColumnIsNamedWhereTheFormWasAskedFor() throws {
    var options = TraceReadOptions()
    options.format = .perfScript
    #expect(throws: TraceReadError.unusableForm(.perfScript(lacking: [.cpu]))) {
      try Recording("        workload  1340  522.062749442:    gpc:gpc_init: (ffffffffc0a09fa4)", options: options)
    }
  }

  @Test(arguments: [
    "std::vector: a list", "at 12.000001: foo:bar: baz", "[003] a:b: c", "see mm:rmap: and 1340",
    "1340 gpc:gpc_init: (see below)",
  ])
  func otherTextIsNoPerfScript(line: String) throws {
    #expect(throws: TraceReadError.notATrace(.text)) { try Recording("\(line)\n\(line)\n") }
  }
}

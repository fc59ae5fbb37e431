// What is looked at before a recording, and definitions of one's own.

import Recorder
import Testing

@Suite struct RecordingHostTests {
  private let files = StandIn()

  private func fatal(isRoot: Bool = true, freeBytes: Int64? = 1 << 40) -> [String] {
    RecordingHost(files).checks(isRoot: isRoot, freeBytes: freeBytes).filter { $0.state == .fatal }.map(\.sentence)
  }

  init() { files.setText("/sys/module/kvm/refcnt", "0") }

  @Test func allIsThere() { #expect(fatal() == []) }

  @Test func noRoot() { #expect(fatal(isRoot: false) == ["only root may define probes: sudo gpc-replay record …"]) }

  @Test func noTracefs() {
    let none = StandIn()
    _ = none.removeFolder(StandIn.tracefs)
    #expect(RecordingHost(none).tracefs == nil)
    let sentences = RecordingHost(none).checks(isRoot: true, freeBytes: nil).filter { $0.state == .fatal }.map(
      \.sentence)
    #expect(sentences.contains("there is no tracefs: mount -t tracefs nodev /sys/kernel/tracing"))
  }

  @Test func noModule() {
    #expect(RecordingHost(StandIn()).checks(isRoot: true, freeBytes: nil).contains { $0.state == .fatal })
  }

  @Test func lockedDown() {
    files.setText("/sys/kernel/security/lockdown", "none integrity [confidentiality]\n")
    #expect(fatal() == ["the kernel is locked down (confidentiality): it takes no probes"])
    files.setText("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
    #expect(fatal() == [])
  }

  @Test func noProbeEvents() {
    files.contents[StandIn.tracefs + "/kprobe_events"] = nil
    #expect(fatal() == ["the kernel has no probe events (CONFIG_KPROBE_EVENTS)"])
  }

  @Test func fullDisk() {
    #expect(fatal(freeBytes: 10 << 20) == ["10 MiB free for the recording, and it stops at 256"])
    #expect(RecordingHost(files).checks(isRoot: true, freeBytes: 900 << 20).contains { $0.state == .warning })
  }

  @Test func buildIDs() {
    let note: [UInt8] = [4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0, 0x47, 0x4e, 0x55, 0] + (1...20)
    files.contents["/sys/kernel/notes"] = [1, 2, 3, 4] + note
    files.contents["/sys/module/kvm/notes/.note.gnu.build-id"] = Array(note.dropLast())
    #expect(RecordingHost(files).buildIDs == "kernel=0102030405060708090a0b0c0d0e0f1011121314")
  }

  @Test func definitionsOfOnesOwn() throws {
    let text = """
      # mine
      p:gpc/gpc_check kvm:kvm_gpc_check gpc=%di:x64

      r10:gpc_check_ret kvm:kvm_gpc_check ret=$retval:u8
      """
    let probes = try ProbeToDefine.read(text).get()
    #expect(
      probes.map { $0.definition(group: "g") } == [
        "p:g/gpc_check kvm:kvm_gpc_check gpc=%di:x64", "r:g/gpc_check_ret kvm:kvm_gpc_check ret=$retval:u8",
      ])
    for wrong in ["p", "p: f", "-:gpc/x y", "e:gpc/x y", "p:gpc/a-b f", "p:gpc/x", "q:gpc/x f", "p:gpc/x f\nr1x:g/y f"]
    {
      #expect(throws: DefinitionFault.self) { try ProbeToDefine.read(wrong).get() }
    }
  }
}

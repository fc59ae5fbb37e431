// What a recording says of itself, in each form that prints trace_marker's lines.

import Foundation
import KVMEvents
import RealBinary
import Testing
import TraceReaders

@Suite struct RecordingMarkTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func reader(_ lines: [String]) throws -> TraceReader {
    let text = lines.map { $0 + "\n" }.joined()
    let reader = try TraceReader(.file(path: try folder.write("t.txt", text).path))
    var batch: [RecordedEvent] = []
    while try reader.read(into: &batch) {}
    return reader
  }

  private let said = "gpc-replay: recorded on 7.3.4 x86_64 by gpc-replay 0.1.0, clock mono, 8192 KiB per CPU, no filter"
  private let event =
    "  cat-7     [001] .....    10.000100: hva_to_pfn: (ffffffffc07eafa4) addr=0x7f0000000000 write=0x1"

  /// As the kernel prints it, and as `trace-cmd report` does.
  @Test(arguments: [
    "tracing_mark_write: ", "print: tracing_mark_write: ", "print:                tracing_mark_write: ",
    "print:                0xffffffffa6522746: ",
  ])
  func aTextSaysHowItWasRecorded(_ word: String) throws {
    let head = "  sh-6     [001] .....    10.000000: "
    let reader = try reader([
      head + word + said, head + word + "gpc-replay: offsets kvm.mmu_notifier=6736", event,
      head + word + "somebody else: gpc-replay: no", head + word + said,
    ])
    #expect(
      reader.marks == [
        RecordingMark(line: 1, text: String(said.dropFirst("gpc-replay: ".count))),
        RecordingMark(line: 2, text: "offsets kvm.mmu_notifier=6736"),
      ])
    #expect(
      reader.facts.knownClock == .mono && reader.facts.clockSource == .recorded
        && reader.facts.kernelRelease?.text == "7.3.4")
  }

  @Test func aTextThatDoesNotSaySo() throws {
    let head = "  sh-6     [001] .....    10.000000: tracing_mark_write: "
    let reader = try reader([head + "hello", head + "gpc-replay: recorded on 7.3.4, clock of somebody", event])
    #expect(reader.facts.knownClock == nil && reader.facts.clockSource == .assumed)
    #expect(reader.marks.count == 1)
  }

  /// However much there is, what is kept is bounded.
  @Test func tooMuchOfIt() throws {
    let head = "  sh-6     [001] .....    10.000000: tracing_mark_write: gpc-replay: "
    let many = (0..<2000).map { head + "\($0) " + String(repeating: "x", count: 3000) }
    let marks = try reader(many).marks
    #expect(marks.count == 256 && marks.allSatisfy { $0.text.utf8.count == 1024 })
  }

  private func marks(_ texts: String...) -> [RecordingMark] { texts.map { RecordingMark(line: 1, text: $0) } }

  @Test func whatTheMarksTell() {
    let all = marks(
      "recorded on 6.12.117+deb12-amd64 x86_64 by gpc-replay 0.1.0, clock boot, no filter",
      "offsets kvm.mmu_notifier=6800 kvm.mn_active_invalidate_count=4416", "missed gpc_check 3")
    #expect(all.kernelRelease?.text == "6.12.117+deb12-amd64" && all.clock == .boot)
    #expect(all.notifierOffset == 6800 && all.tellOfMissedHits)
  }

  @Test(arguments: [
    "offsets", "offsets kvm.mmu_notifier=", "offsets kvm.mmu_notifier=-8",
    "offsets kvm.mmu_notifier=99999999999999999999",
    "offsets xkvm.mmu_notifier=8", "kvm.mmu_notifier=8", "recorded on ", "recorded on x", "missed",
  ])
  func marksThatTellNothing(_ text: String) {
    let marks = marks(text)
    #expect(marks.notifierOffset == nil && marks.kernelRelease == nil && marks.clock == nil && !marks.tellOfMissedHits)
  }
}

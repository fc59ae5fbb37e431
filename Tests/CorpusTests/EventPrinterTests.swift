// Events printed as trace-cmd's text read as the same events, whichever form they came from.

import Foundation
import KVMEvents
import RealBinary
import Renderings
import Testing
import TraceReaders

@Suite struct EventPrinterTests {
  private struct Read {
    var events: [RecordedEvent] = []
    let reader: TraceReader

    init(path: String) throws {
      reader = try TraceReader(.file(path: path))
      var batch: [RecordedEvent] = []
      while try reader.read(into: &batch) { events += batch }
    }

    /// All of an event but its number, and its task and name in words.
    var words: [String] {
      events.map { event in
        let fields = EventField.allCases.compactMap { field in event[field].map { "\(field)=\($0)" } }
        let comm = event.task < 0 ? [] : reader.tasks[Int(event.task)].comm
        return "\(event.kind) \(event.time.rawValue) \(event.cpu) \(event.pid) \(comm) \(fields)"
      }
    }
  }

  private func staysTheSame(_ recorded: Read) throws {
    let reader = recorded.reader
    let printer = EventPrinter(
      names: reader.names, tasks: reader.tasks, format: reader.format, unit: reader.facts.stampUnit,
      resolutionNs: reader.facts.resolutionNs)
    let lines = TextLines(of: recorded.events, by: printer)
    let missing = Array("missing".utf8)
    var text: [UInt8] = []
    for event in recorded.events { text += (lines.lines[event.id] ?? missing) + [0x0a] }
    let folder = try TemporaryFolder()
    let printed = try Read(path: try folder.write("printed.txt", text).path)
    #expect(
      printed.reader.format == .traceCmdText && printed.reader.facts.resolutionNs == reader.facts.resolutionNs)
    #expect(printed.words == recorded.words)
    #expect(printed.reader.issueCounts[.badLine] == nil && printed.reader.issueCounts[.missingField] == nil)
  }

  @Test(arguments: [
    "perf-cut.data", "perf-script-cut.txt.zst", "perf-script-ns-pidtid-cut.txt.zst", "bpftrace-overlap.txt.zst",
    "console-dump.txt", "page.html", "storm-lossy-cut.txt.zst", "61xen-overlap-cut.txt.zst",
    "defnames2-overlap-cut.txt.zst", "odd-comms-reportt.txt.zst", "quiet.dat",
  ])
  func ofARecording(name: String) throws {
    let path = CorpusTrace.root.appending(path: "Tests/TraceReadersTests/Fixtures/\(name)").path
    let recorded = try Read(path: path)
    #expect(recorded.events.count > 10)
    try staysTheSame(recorded)
  }

  @Test(arguments: Rendering.allCases) func ofARendering(rendering: Rendering) throws {
    let folder = try TemporaryFolder()
    try staysTheSame(try Read(path: try folder.write("trace", rendering.of(CorpusTrace("stale-hva").text)).path))
  }

  /// Losses stand where they stood.
  @Test func losses() throws {
    let folder = try TemporaryFolder()
    let text = Rendering.perfData.of(try CorpusTrace("storm-lossy-middle").text)
    let recorded = try Read(path: try folder.write("perf.data", text).path)
    #expect(recorded.events.contains { $0.kind == .lostEvents })
    try staysTheSame(recorded)
  }

  /// A loss of which nothing tells where it was has no words.
  @Test func aLossAnywhere() throws {
    let folder = try TemporaryFolder()
    let text = "Attaching 1 probe...\ngpc v1 12 0 7 gpc_deactivate gpc=0xff529c43c1d8e668 comm=a\nLost 3 events\n"
    let recorded = try Read(path: try folder.write("t.txt", text).path)
    let reader = recorded.reader
    let printer = EventPrinter(
      names: reader.names, tasks: reader.tasks, format: reader.format, unit: .ns, resolutionNs: 1)
    let lines = TextLines(of: recorded.events, by: printer).lines
    #expect(recorded.events.map(\.kind) == [.gpcDeactivate, .lostEvents])
    #expect(
      lines == [
        1: Array("               a-7     [000]     0.000000012: bt_gpc_deactivate:    gpc=0xff529c43c1d8e668".utf8)
      ])
  }
}

// What the numbers of events are called: lines of a text, records of a trace.dat, events where lines are in no order;
// and where the recording came from.

import Foundation
import RealBinary
import Renderings
import Testing

@Suite struct PlaceWordTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: String...) throws -> Invocation { try Invocation(arguments, in: folder) }

  private func fixture(_ name: String) -> String {
    CorpusTrace.root.appending(path: "Tests/TraceReadersTests/Fixtures/\(name)").path
  }

  private func column(_ sql: String) throws -> String {
    try run("query", "t.db", sql, "--csv").text.split(separator: "\r\n").dropFirst().joined(separator: " ")
  }

  private static func has(_ text: String, _ pattern: String) throws -> Bool {
    try text.firstMatch(of: Regex(pattern)) != nil
  }

  @Test func aTextHasLines() throws {
    let report = try run(CorpusTrace("stale-hva").trace.path, "--db", "t.db")
    #expect(report.text.contains(/: 22 events in .*, 23 lines\n/))
    #expect(report.text.contains("\n     line       us  "))
    #expect(try column("SELECT event_place, clock_source FROM trace") == "line,assumed")
  }

  // The walk's event has one name in both hooks: the hook that it nests in is told. Here its line is moved into the end
  // hook.
  @Test func theHookOfTheWalk() throws {
    let lines = try CorpusTrace("stale-check").lines
    let walk = try #require(lines.first { $0.contains("gpc_invalidate_start:") })
    let moved = walk.replacing("203.000320000", with: "203.000370000")
    let late = lines.filter { $0 != walk }.flatMap { $0.contains("mn_invalidate_end_kvm:") ? [moved, $0] : [$0] }
    let places = ["start hook, count is up; gpc_lock next", "end hook, the walk; gpc_lock next"]
    for (lines, place) in zip([lines, late], places) {
      let trace = try folder.write("trace.txt", lines.joined(separator: "\n") + "\n")
      let report = try run(trace.path, "--db", ":memory:").text
      let told = report.split(separator: "\n").filter { $0.contains(" gpc_invalidate_start ") }
      #expect(!told.isEmpty && told.allSatisfy { $0.contains(place) }, "\(report)")
    }
  }

  @Test func aTraceDatHasRecords() throws {
    let report = try run(fixture("storm-lossy-chunks.dat"), "--db", "t.db")
    #expect(report.text.contains(/: Linux .*9,798 events in .*, 9,805 records\n/))
    #expect(report.text.contains("missed invalidation (stale), possible"))
    #expect(try Self.has(report.text, #"\n +record +us "#))
    #expect(!report.text.contains(" line") && !report.text.contains(" lines"), "\(report.text)")
    #expect(try column("SELECT event_place, clock_source FROM trace") == "record,recorded")
    let json = try run("replay", "t.db", "--json").text
    #expect(json.contains("\"event_place\" : \"record\"") || json.contains("\"event_place\":\"record\""))
  }

  /// The record that dirt was met at, and what cannot be read.
  @Test func dirtOfATraceDatIsAtARecord() throws {
    var bytes = try [UInt8](Data(contentsOf: URL(filePath: fixture("quiet-v6.dat"))))
    // The last page of trace data claims more than it holds.
    bytes.replaceSubrange((bytes.count - 4096 + 8)..<(bytes.count - 4096 + 12), with: [0xff, 0xff, 0xff, 0x07])
    _ = try folder.write("t.dat", bytes)
    let report = try run("t.dat", "--db", "t.db")
    #expect(
      try Self.has(report.text, #"warning: bad_page \d+, first (at record \d+|before record 1): "#), "\(report.text)")
  }

  /// The finding's timeline, and what explore prints and stores.
  @Test func sortedEventsAreEvents() throws {
    _ = try folder.write("t.txt", Rendering.bpftraceJSON.of(try CorpusTrace("contract").text))
    let report = try run("t.txt")
    #expect(report.status == 1, "\(report.text)")
    #expect(try Self.has(report.text, #"\n +event +us  "#), "\(report.text)")
    #expect(report.text.contains(" lines\n"), "the file itself has lines")
    #expect(report.text.contains("\n  clock boot (by convention: bpftrace's nsecs), "))
    #expect(try column("SELECT event_place, clock_source FROM trace") == "event,convention")
    #expect(try Self.has(run("explain", "t.db", "2").text, #"\n +event +time +CPU +us  "#))
    let explored = try run("explore", "t.db", "--protocol", "dwmw2-v2")
    #expect(explored.status == 1)
    #expect(explored.text.contains("event: the recorded event that a step comes after"))
    #expect(try Self.has(explored.text, #"\n# +event +"#))
    #expect(try Self.has(explored.text, #"\(events \d+-\d+\)"#))
    #expect(try !Self.has(explored.text, #"\bline"#), "\(explored.text)")
  }

  /// Somebody who knows that the kernel is older than 5.8 can say so; what a file records is not argued with, and kept
  /// as it is.
  @Test func aClockThatIsGivenTakesTheConventionsPlace() throws {
    _ = try folder.write("t.txt", Rendering.bpftraceJSON.of(try CorpusTrace("quiet").text))
    #expect(
      try run("t.txt", "--clock", "mono").text.contains("\n  clock mono (assumed: the text does not say; --clock), "))
    #expect(try column("SELECT clock_source FROM trace") == "assumed")
    #expect(try run("import", "t.txt", "--clock", "mono").text.contains("already holds"))
    #expect(try run("import", "t.txt", "--clock", "boot").text.contains("imported"))
  }

  @Test func aClockBesideARecordedOneIsSaidAndImportsNothingAgain() throws {
    let sentence = " says that its clock is local.\n"
    let first = try run("import", fixture("quiet.dat"), "--db", "t.db", "--clock", "mono")
    #expect(first.status == 0 && first.text.contains("imported"))
    #expect(first.errorText.hasPrefix("gpc-replay: --clock mono is not used: ") && first.errorText.hasSuffix(sentence))
    let again = try run("import", fixture("quiet.dat"), "--db", "t.db", "--clock", "mono")
    #expect(again.status == 0 && again.text.contains("already holds") && again.errorText.hasSuffix(sentence))
    let same = try run("import", fixture("quiet.dat"), "--db", "t.db", "--clock", "local")
    #expect(same.text.contains("already holds") && same.errorText == "")
  }

  @Test func standardInputHasItsName() throws {
    let quiet = CorpusTrace("quiet").trace
    let report = try Invocation(["-", "--db", "t.db"], in: folder, input: quiet)
    #expect(report.text.contains(/\nstandard input: .*trace-cmd report text/))
    #expect(
      try Invocation(["import", "-", "--db", "t.db"], in: folder, input: quiet).text
        == "t.db: imported standard input\n")
    #expect(try run("compare", "t.db").text.hasPrefix("standard input: "))
    #expect(try column("SELECT file_name FROM trace") == "-")
    let empty = try Invocation(["-"], in: folder, input: folder.write("empty", ""))
    #expect(empty.errorText == "gpc-replay: standard input is not a recorded trace: it is empty.\n")
    let window = try Invocation(["explore", "-", "--window", "99"], in: folder, input: quiet)
    #expect(window.errorText.hasPrefix("gpc-replay: standard input has "))
    // A file of that name is a file.
    _ = try folder.write("-", quiet.bytes)
    #expect(try run("./-", "--db", "u.db").text.contains("\n./-: "))
  }
}

extension URL {
  fileprivate var bytes: Data { get throws { try Data(contentsOf: self) } }
}

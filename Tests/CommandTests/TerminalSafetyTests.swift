// Nothing that is printed makes a terminal do anything: names in a recording and its database, and what the user typed.

import Foundation
import RealBinary
import Stages
import Testing

@Suite struct TerminalSafetyTests {
  private let folder: TemporaryFolder
  /// Clears the screen, in 7 and in 8 bits; turns the direction; rings; goes back.
  private static let hostile = "E\u{1b}[2J\u{9b}2J\u{202e}\u{2066}\u{7}\u{8}\rZ"

  init() throws { folder = try TemporaryFolder() }

  private static func obeyed(_ data: Data) -> [Unicode.Scalar] {
    String(decoding: data, as: UTF8.self).unicodeScalars.filter { scalar in
      scalar != "\n"
        && (scalar.properties.generalCategory == .control || "\u{202e}\u{2066}".unicodeScalars.contains(scalar))
    }
  }

  /// Texts that come out of the recording or its name, in each verb that prints them.
  @Test(arguments: [
    ("trace", "file_name"), ("task", "comm"), ("event_name", "name"), ("recording_mark", "text"),
    ("import_issue", "excerpt"), ("finding", "summary"), ("counterexample", "title"),
  ]) func noTextOfADatabase(table: String, column: String) throws {
    _ = try Invocation([CorpusTrace("contract").trace.path, "--db", "t.db"], in: folder)
    _ = try Invocation(["compare", "t.db"], in: folder)
    _ = try Invocation(["explore", "t.db", "--protocol", "dwmw2-v2"], in: folder)
    let codes = Self.hostile.unicodeScalars.map { "char(\($0.value))" }.joined(separator: " || ")
    try HostileEdits.run(
      "UPDATE OR IGNORE \(table) SET \(column) = \(column) || \(codes)", on: folder.file("t.db").path)
    for verb in [
      ["report", "t.db"], ["report", "t.db", "--json"], ["report", "t.db", "--ktap"], ["explain", "t.db"],
      ["explain", "t.db", "1"], ["compare", "t.db"], ["compare", "t.db", "--json"], ["compare", "t.db", "--mail"],
      ["explore", "t.db", "--protocol", "v6.9"], ["diff", "t.db", "t.db"], ["query", "t.db", table],
      ["query", "t.db", table, "--json"],
    ] {
      let run = try Invocation(verb, in: folder)
      #expect(Self.obeyed(run.output) == [] && Self.obeyed(run.errors) == [], "\(table).\(column): \(verb)")
      if verb.first == "query" { #expect(run.status == 0 && !run.output.isEmpty) }
    }
  }

  @Test(arguments: [
    ["run", "@"], ["report", "@.db"], ["@"], ["report", "t.db", "--@"], ["run", "t", "--kernel", "@"],
    ["explore", "t", "--protocol", "@"], ["query", "t.db", "SELECT @"], ["run", "t", "--max-bytes", "@"],
  ]) func noWordOfTheUser(arguments: [String]) throws {
    let run = try Invocation(arguments.map { $0.replacing("@", with: Self.hostile) }, in: folder)
    #expect(run.status != 0 && !run.errors.isEmpty)
    #expect(Self.obeyed(run.errors) == [] && Self.obeyed(run.output) == [], "\(run.errorText)")
  }
}

// Every verb's help has an example, and it works when it is pasted.

import Foundation
import RealBinary
import Testing

@Suite struct HelpTests {
  private static func verbs(of verb: [String] = []) throws -> [String] {
    let help = try Invocation(verb + ["--help"], in: TemporaryFolder()).text
    let listed = help.split(separator: "\n").drop { !$0.hasPrefix("SUBCOMMANDS:") }.dropFirst()
    return listed.compactMap { line in
      line.hasPrefix("  ") && !line.hasPrefix("   ") ? line.split(separator: " ").first.map(String.init) : nil
    }.filter { $0 != "See" }
  }

  /// The commands of a help text: behind `Example: `, or indented on the lines below it.
  private static func examples(_ help: String) -> [String] {
    let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(where: { $0.hasPrefix("Example:") }) else { return [] }
    let same = lines[start].dropFirst("Example:".count).drop { $0 == " " }
    if !same.isEmpty { return [String(same)] }
    return lines[(start + 1)...].prefix { $0.hasPrefix("  gpc-replay ") }.map { String($0.dropFirst(2)) }
  }

  @Test func listsTheVerbs() throws {
    #expect(try Self.verbs().prefix(7) == ["run", "import", "replay", "report", "diff", "query", "shell"])
  }

  @Test func examplesWorkWhenPasted() throws {
    let verbs = try Self.verbs().map { [$0] } + Self.verbs(of: ["corpus"]).map { ["corpus", $0] }
    for arguments in [["--help"]] + verbs.map({ $0 + ["--help"] }) {
      let folder = try TemporaryFolder()
      let examples = Self.examples(try Invocation(arguments, in: folder).text)
      #expect(!examples.isEmpty, "\(arguments)")
      try FileManager.default.createSymbolicLink(
        at: folder.file("traces"), withDestinationURL: CorpusTrace.root.appending(path: "traces"))
      try FileManager.default.createSymbolicLink(
        at: folder.file("Tests"), withDestinationURL: CorpusTrace.root.appending(path: "Tests"))
      for example in examples {
        // Minutes in a debug build, whatever --states-max says; Tests/ExploreTests has its verdicts.
        if example == "gpc-replay matrix" { continue }
        // Serves until ^C; ViewTests.
        if example.hasPrefix("gpc-replay view ") { continue }
        if arguments.first == "shell" && !Invocation.hasProgram("sqlite3") { continue }
        let run = try Invocation(shell: example, in: folder.url)
        #expect(run.status <= 1, "\(example)")
        #expect(run.errorText == "" && !run.output.isEmpty, "\(example)")
      }
    }
  }
}

// What the shells offer, asked of the binary and of the shells themselves.

import Foundation
import RealBinary
import Testing

@Suite struct CompletionTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    _ = try Invocation([CorpusTrace("stale-hva").trace.path, "--db", "my trace.db"], in: folder)
    _ = try folder.write("recording.dat", "")
    _ = try folder.write("q.sql", "")
    try FileManager.default.createDirectory(at: folder.file("sub"), withIntermediateDirectories: true)
  }

  /// The candidates without their meanings.
  private func offered(_ words: String...) throws -> [String] {
    let run = try Invocation(["complete", "--"] + words, in: folder)
    #expect(run.status == 0 && run.errorText == "")
    return run.text.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
  }

  /// The verbs, and what the one takes that need not be named.
  @Test func verbs() throws {
    #expect(try offered("") == Self.verbs + [":files"])
    #expect(try offered("pro") == ["protocols", "probes", ":files"])
    #expect(try offered("recording.dat", "--fin") == ["--findings"])
    #expect(try offered("recording.dat", "--d").contains("--db") && offered("--d").contains("--db"))
    #expect(try offered("help", "corpus", "b") == ["bless"] && offered("corpus", "b") == ["bless"])
    #expect(try offered("help", "no-verb", "") == [])
  }

  private static let verbs: [String] = {
    let help = try? Invocation(["--help"], in: TemporaryFolder()).text
    let listed = help?.split(separator: "\n").drop { !$0.hasPrefix("SUBCOMMANDS:") }.dropFirst() ?? []
    return listed.filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.hasPrefix("  See") }
      .compactMap { $0.split(separator: " ").first.map(String.init) } + ["help"]
  }()

  @Test func valuesByWhatTheyAre() throws {
    #expect(try offered("query", "") == [":files db"] && offered("run", "x", "--db", "") == [":files db"])
    #expect(try offered("query", "x.db", "st") == ["stalls", "stall"])
    #expect(try offered("query", "x.db", "-f", "") == [":files sql"])
    #expect(try offered("corpus", "run", "") == [":folders"])
    #expect(try offered("corpus", "add", "x", "--to", "") == [":folders"] && offered("x", "--to", "") == [])
    #expect(try offered("diff", "x.db", "") == [":files db"] && offered("corpus", "diff", "") == [])
    #expect(try offered("explore", "--scenario", "two-re") == ["two-refreshers"])
    #expect(try offered("run", "x", "--clock", "mono") == ["mono", "mono_raw"])
    #expect(try offered("explore", "--memory", "") == ["sc", "tso"])
    #expect(try offered("compare", "x.db", "--form", "seanjc-5") == ["seanjc-5", ":files toml"])
    #expect(try offered("compare", "x.db", "--form", "v6.9,seanjc-5") == ["v6.9,seanjc-5", ":files toml"])
    #expect(try offered("explain", "my\\ trace.db", "") == ["1"])
    #expect(try offered("explain", "'my trace.db", "") == ["1"])
    #expect(try offered("explain", "my\\ trace.db", "--task", "balloon") == ["balloon-542"])
    #expect(try offered("explain", "my\\ trace.db", "--vm", "") == ["1"])
    #expect(try offered("replay", "x.db", "--fail-on", "stale,con") == ["stale,contract"])
    for database in ["none.db", "q.sql", "sub"] {
      #expect(try offered("explain", database, "") == [], "\(database)")
    }
    #expect(try folder.names == ["my trace.db", "q.sql", "recording.dat", "sub"])
  }

  /// One word, or three of them, as bash makes them.
  @Test func optionsWithASign() throws {
    #expect(try offered("x", "--clock=mono") == ["--clock=mono", "--clock=mono_raw"])
    #expect(try offered("x", "--clock", "=", "mono") == ["mono", "mono_raw"])
    #expect(try offered("x", "--clock", "=") == offered("x", "--clock", ""))
    #expect(try offered("x", "--no-option=") == [] && offered("x", "--force", "--forc") == [])
    #expect(try offered("x", "--", "--forc") == [])
  }

  /// `complete -C` and a call as readline makes it: the shells offer what the binary says, and files themselves.
  @Test(arguments: ["bash", "fish"]) func inTheShell(shell: String) throws {
    guard Invocation.hasProgram(shell) else { return }
    #expect(try shellOffers(shell, ["query", "my trace.db", "stal"]) == ["stall", "stalls"])
    #expect(try shellOffers(shell, ["explain", "my trace.db", ""]) == ["1"])
    #expect(try shellOffers(shell, ["query", ""]) == ["my trace.db", "sub"])
    #expect(try shellOffers(shell, ["recor"]) == ["record", "recording.dat"])
    #expect(try shellOffers(shell, ["corpus", "run", "s"]) == ["sub"])
    #expect(try shellOffers(shell, ["query", "my trace.db", "--file", ""]) == ["q.sql", "sub"])
  }

  /// What is offered for the last word, without the sign of a folder, sorted.
  private func shellOffers(_ shell: String, _ words: [String]) throws -> [String] {
    let quoted = words.dropLast().map { $0.replacing(" ", with: "\\ ") } + [words.last ?? ""]
    let script = "source <(gpc-replay --generate-completion-script bash)"
    let command =
      shell == "bash"
      ? """
      \(script); COMP_WORDS=(gpc-replay \(quoted.map { "'\($0)'" }.joined(separator: " "))); COMP_CWORD=\(words.count)
      _gpc_replay; printf '%s\\n' "${COMPREPLY[@]}"
      """
      : """
      fish -N -c 'gpc-replay --generate-completion-script fish | source; complete -C "gpc-replay \(quoted.joined(separator: " ").replacing("\\", with: "\\\\"))"'
      """
    let run = try Invocation(shell: command, in: folder.url)
    #expect(run.errorText == "")
    return run.text.split(separator: "\n").map {
      String($0.prefix { $0 != "\t" }).replacing("/", with: "").replacing("\\ ", with: " ")
    }.sorted()
  }

  /// zsh completes at a terminal only: here its syntax.
  @Test(.enabled(if: Invocation.hasProgram("zsh"))) func zshReadsItsScript() throws {
    let run = try Invocation(shell: "gpc-replay --generate-completion-script zsh | zsh -n", in: folder.url)
    #expect(run.status == 0 && run.errorText == "")
  }

  @Test func noOtherShell() throws {
    #expect(try Invocation(["--generate-completion-script", "csh"], in: folder).status == 64)
  }
}

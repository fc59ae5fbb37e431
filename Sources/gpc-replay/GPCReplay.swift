// The command line: one verb per file.

import ArgumentParser
import Glibc
import Pipeline
import TextLayout

@main
struct GPCReplay: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gpc-replay",
    abstract: "Replay recorded KVM traces through the kernel's gfn_to_pfn_cache protocol.",
    discussion: """
      Finds missed invalidations and excessive retries in a recording of mmu_notifier and kvm_gpc events, and proves them by \
      trace lines. `gpc-replay TRACE` imports, replays and reports in one go.

      Example: gpc-replay traces/missed/stale-hva/trace.txt.zst

      \(ExitStatus.sentence)
      The words of reports are explained in docs/glossary.md.
      """,
    version: Tool.version,
    subcommands: [
      RunCommand.self, ImportCommand.self, ReplayCommand.self, ReportCommand.self, DiffCommand.self, QueryCommand.self,
      ShellCommand.self, ExplainCommand.self, ExportCommand.self, ViewCommand.self, BatchCommand.self,
      JudgeCommand.self, MergeCommand.self,
      ProtocolsCommand.self,
      CompareCommand.self,
      ExploreCommand.self,
      MatrixCommand.self, CorpusCommand.self, ProbesCommand.self, RecordCommand.self, RecordGuardCommand.self,
      RecordLookCommand.self, CompleteCommand.self, ManualCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  static func main() {
    // A full disk or a size limit is an error of write(), reported in a sentence; the default would end the process.
    signal(SIGXFSZ, SIG_IGN)
    do {
      // Swift reads the arguments there; a chroot often has none.
      guard access("/proc/self/cmdline", R_OK) == 0 else {
        throw fail("/proc is not mounted, and the arguments are read there.")
      }
      // ArgumentParser's own scripts know nothing of the verb that need not be named.
      let arguments = CommandLine.arguments.dropFirst()
      // Scripts ask for it often; the description of all verbs would take half the memory and time.
      if arguments.elementsEqual(["--version"]) { return try printOut("\(Tool.version)\n") }
      if arguments.count == 2, arguments.first == "--generate-completion-script", let shell = arguments.last,
        let script = CompletionScript.text(for: shell)
      {
        return try printOut(script)
      }
      try checkVerb()
      var command = try parseAsRoot()
      try command.run()
    } catch {
      end(with: exitError(error))
    }
  }

  /// As `exit(withError:)`, but what the arguments were is printed so that no terminal obeys it.
  private static func end(with error: any Error) -> Never {
    guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
    let lines = fullMessage(for: error).split(separator: "\n", omittingEmptySubsequences: false)
    printError(lines.map { String($0).printable + "\n" }.joined())
    Glibc.exit(ExitCode.validationFailure.rawValue)
  }

  /// A first word that is neither a verb nor a file, but nearly a verb.
  private static func checkVerb() throws {
    guard CommandLine.arguments.count > 1 else { return }
    let word = CommandLine.arguments[1]
    let known = configuration.subcommands.map { $0._commandName } + ["help"]
    let verbs = configuration.subcommands.filter { $0.configuration.shouldDisplay }.map { $0._commandName } + ["help"]
    let isPlain =
      !word.isEmpty && word.utf8.allSatisfy { (0x61...0x7a).contains($0) || $0 == 0x2d } && word.first != "-"
    guard isPlain, !known.contains(word), access(word, F_OK) != 0, let verb = nearest(to: word, in: verbs) else {
      return
    }
    throw ValidationError("There is no verb '\(word)', and no such file. Did you mean '\(verb)'?")
  }
}

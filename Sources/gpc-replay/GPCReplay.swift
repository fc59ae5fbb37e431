// The command line: one verb per file.

import ArgumentParser
import Glibc
import Pipeline

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
      RunCommand.self, ImportCommand.self, ReplayCommand.self, QueryCommand.self, ShellCommand.self,
      ExplainCommand.self, ProtocolsCommand.self, CompareCommand.self, ExploreCommand.self, MatrixCommand.self,
      CorpusCommand.self, ProbesCommand.self, RecordCommand.self, RecordGuardCommand.self, RecordLookCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  static func main() {
    // A full disk or a size limit is an error of write(), reported in a sentence; the default would end the process.
    signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      exit(withError: exitError(error))
    }
  }
}

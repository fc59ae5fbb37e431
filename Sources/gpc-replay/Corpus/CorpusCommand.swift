// `corpus`: cases with what is expected of every form.

import ArgumentParser
import Corpus

struct CorpusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "corpus",
    abstract: "Check every form of the protocol against recordings with known verdicts.",
    discussion: """
      A case is a folder DIR/topic/case with a trace and case.toml, which says where it comes from and what is expected of each \
      form, and why (docs/corpus.md).

      Example:
        gpc-replay corpus run traces/missed
      """,
    subcommands: [
      CorpusRunCommand.self, CorpusAddCommand.self, CorpusBlessCommand.self, CorpusDiffCommand.self,
    ])
}

/// The cases of a folder, or the sentence that says why there are none.
func corpusFolder(_ path: String) throws -> CorpusFolder {
  do {
    return try CorpusFolder(path)
  } catch {
    throw fail("\(path) \(error.predicate).")
  }
}

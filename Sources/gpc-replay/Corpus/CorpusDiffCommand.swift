// `corpus diff A B`: what changed from one run over the corpus to another.

import ArgumentParser
import Corpus
import Report
import TraceStore

struct CorpusDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show what changed between two runs over the corpus.",
    discussion: """
      A and B are numbers of runs in corpus.db (SELECT * FROM run), or 'last', or other files like it, whose last run is meant. \
      \(ExitStatus.sentence([(.clean, "same verdicts and figures"), (.found, "something differs")]))

      Example:
        gpc-replay corpus run traces/missed
        gpc-replay corpus run traces/missed
        gpc-replay corpus diff 1 2
      """)

  @Argument(help: "The earlier run.")
  var before: String

  @Argument(help: "The later run.")
  var after: String

  @Option(help: "The database that runs are numbered in.")
  var db = "corpus.db"

  func run() throws {
    let difference = CorpusRunDifference(try run(before), try run(after))
    try printOut(difference.lines.joined(separator: "\n") + "\n")
    if difference.isSomething { throw ExitStatus.found.code }
  }

  private func run(_ argument: String) throws -> StoredCorpusRun {
    let isNumber = Int64(argument) != nil || argument == "last"
    let path = isNumber ? db : argument
    let store = try CorpusStore(existing: path)
    guard let id = try Int64(argument) ?? store.lastRun() else { throw fail("\(path) has no run.") }
    guard let run = try StoredCorpusRun(id, in: store, path: path) else { throw fail("\(path) has no run \(id).") }
    return run
  }
}

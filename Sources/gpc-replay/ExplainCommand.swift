// `gpc-replay explain DB --finding N`: one stored finding with its proof, or a counterexample of `explore`.

import ArgumentParser
import Report
import TraceStore

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show one finding of a database with its proof, or a counterexample stored by explore.",
    discussion: """
      Example:
        gpc-replay run traces/missed/stale-hva/trace.txt.zst
        gpc-replay explain trace.db --finding 1
      """)

  @Argument(help: "A database written by gpc-replay.")
  var database: String

  @Option(help: "The finding's id.")
  var finding: Int64

  func run() throws {
    let store = try TraceDatabase(at: database)
    if let detail = try FindingDetail(finding, in: store) {
      let facts = try store.facts()
      let timeline = FindingTimeline(detail, place: facts.eventPlace, unit: facts.stampUnit, database: database)
      try printOut(timeline.lines.joined(separator: "\n") + "\n")
    } else if let text = try store.counterexampleText(finding) {
      try printOut("#\(finding)  \(text)\n")
    } else {
      throw fail("\(database) has no finding \(finding).")
    }
  }
}

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
        gpc-replay explain trace.db --finding 1 --mail
      """)

  @Argument(help: "A database written by gpc-replay.")
  var database: String

  @Option(help: "The finding's id.")
  var finding: Int64

  @Flag(help: "For a mail: a column per task, 72 characters, the kernel's function names; below it the recorded lines.")
  var mail = false

  @Flag(help: "The finding as one JSON document.")
  var json = false

  func validate() throws {
    if mail && json { throw ValidationError("--mail and --json exclude each other.") }
  }

  func run() throws {
    let store = try TraceDatabase(at: database)
    if mail {
      guard let text = try MailText(finding, in: store, path: database) else {
        throw fail("\(database) has no finding \(finding).")
      }
      return try printOut(text.lines().map { $0 + "\n" }.joined())
    }
    if json {
      if let detail = try FindingDetail(finding, in: store) { return try printOut(JSONReport.text(detail)) }
      guard let detail = try CounterexampleDetail(finding, in: store) else {
        throw fail("\(database) has no finding \(finding).")
      }
      return try printOut(JSONReport.text(detail))
    }
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

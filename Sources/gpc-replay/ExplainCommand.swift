// `gpc-replay explain DB N`: one stored finding with its proof, or a counterexample of `explore`.

import ArgumentParser
import KVMEvents
import Report
import TextLayout
import TraceStore

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract:
      "Show one finding of a database with its proof, or a counterexample stored by explore; without a number, list them.",
    discussion: """
      Example:
        gpc-replay run traces/missed/stale-hva/trace.txt.zst --db stale.db
        gpc-replay explain stale.db
        gpc-replay explain stale.db 1 --context 5
        gpc-replay explain stale.db 1 --mail
      """)

  @Argument(help: "A database written by gpc-replay.")
  var database: String

  @Argument(help: "The number of a finding or a counterexample.")
  var number: Int64?

  @Option(help: ArgumentHelp("The same, as it was written before.", visibility: .hidden))
  var finding: Int64?

  @Option(help: "Also show this many events before and after the wrong one.")
  var context = 0

  @Flag(help: "For a mail: a column per task, 72 characters, the kernel's function names; below it the recorded lines.")
  var mail = false

  @Flag(help: "The finding as one JSON document.")
  var json = false

  @OptionGroup var filter: FilterArguments
  @OptionGroup var terminal: TerminalArguments

  func validate() throws {
    if mail && json { throw ValidationError("--mail and --json exclude each other.") }
    if number != nil && finding != nil { throw ValidationError("Give the number once.") }
    if number ?? finding == nil && (mail || json || context > 0) {
      throw ValidationError("--mail, --json and --context need the number of a finding.")
    }
    if !(0...100_000).contains(context) { throw ValidationError("--context is 0 to 100000.") }
  }

  func run() throws {
    let store = try TraceDatabase(at: database)
    let filter = try filter.filter(store.facts().stampUnit)
    if let absence = try Report.absence(filter, in: store) { throw fail("\(database) has \(absence).") }
    guard let id = number ?? finding else {
      return try terminal.show(FindingList(store, filter).lines(width: terminal.width))
    }
    if filter != ReportFilter() { throw ValidationError("A number needs no filter.") }
    if mail {
      guard let text = try MailText(id, in: store, path: database) else { throw missing(id) }
      return try printOut(text.lines().map { $0 + "\n" }.joined())
    }
    if json {
      if let detail = try FindingDetail(id, in: store) { return try printOut(JSONReport.text(detail)) }
      guard let detail = try CounterexampleDetail(id, in: store) else { throw missing(id) }
      return try printOut(JSONReport.text(detail))
    }
    if let detail = try FindingDetail(id, in: store) {
      let format = FindingTimeline.Format(try store.facts(), width: terminal.width)
      let timeline = FindingTimeline(detail, format, .full).lines(indent: 0)
      try terminal.show(timeline + FindingContext(detail, context, in: store, width: terminal.width).lines)
    } else if let text = try store.counterexampleText(id) {
      try terminal.show(
        "#\(id)  \(text)".split(separator: "\n", omittingEmptySubsequences: false).map { StyledLine(String($0)) })
    } else {
      throw missing(id)
    }
  }

  private func missing(_ id: Int64) -> ExitCode {
    fail("\(database) has no finding \(id); gpc-replay explain \(database) lists them.")
  }
}

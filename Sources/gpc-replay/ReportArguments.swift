// How a report is shown, as options.

import ArgumentParser
import KVMEvents
import Page
import Pipeline
import Report
import Results
import TextLayout
import TraceStore

/// How many findings are shown: a number, or all.
struct FindingsArgument: ExpressibleByArgument {
  /// nil: all.
  let max: Int?

  init(max: Int?) { self.max = max }

  init?(argument: String) {
    if argument == "all" {
      self.init(max: nil)
    } else if let max = Int(argument), max >= 0 {
      self.init(max: max)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { max.map { String($0) } ?? "all" }
}

/// How a report is shown.
struct ReportArguments: ParsableArguments {
  @Flag(help: "Print the report as one JSON document, with every finding unless --findings says otherwise.")
  var json = false

  @Flag(help: "Print the verdict as KTAP, the format of the kernel's own tests.")
  var ktap = false

  @Option(
    name: .customLong("findings"),
    help: """
      Number of findings of each kind to show with their proof, or all. Default: the worst of each of three groups; all with \
      --json.
      """)
  var findings: FindingsArgument?

  @Flag(name: .shortAndLong, help: "Also show how often each event was recorded.")
  var verbose = false

  @OptionGroup var filter: FilterArguments
  @OptionGroup var terminal: TerminalArguments
  @OptionGroup var status: StatusArguments

  mutating func validate() throws {
    if json && ktap { throw ValidationError("--json and --ktap exclude each other.") }
  }

  /// Of the text inside a page, in columns: the same wherever it is written.
  private static let pageWidth = 100

  /// Prints the report, or writes it as a page, and gives the exit status that its verdict asks for.
  func show(_ recording: Recording, _ page: PageArguments? = nil) throws -> ExitCode {
    let findingsMax = findings.map(\.max) ?? (json ? nil : 3)
    let unit = try recording.database.facts().stampUnit
    let filter = try filter.filter(unit)
    if let absence = try Report.absence(filter, in: recording.database) {
      throw fail("\(recording.path ?? "the recording") has \(absence).")
    }
    if ktap && filter != ReportFilter() { throw ValidationError("--ktap is of the whole recording.") }
    let report = try Report(recording.database, findingsMax: findingsMax, filter: filter)
    if json {
      try printOut(JSONReport.text(report))
    } else if ktap {
      try printOut(KTAPReport(report).text)
    } else {
      let options = TextReport.Options(
        database: recording.path, shownMax: findingsMax, isGrouped: findings == nil,
        width: page?.output == nil ? terminal.width : Self.pageWidth, isVerbose: verbose)
      if let page, let path = page.output {
        if let database = recording.path { try checkOutput(path, isNot: database) }
        try page.write(ReportPage(report, options, in: recording.database).text, to: path)
      } else {
        try terminal.show(TextReport(report, options).lines)
      }
    }
    return status.code(of: report)
  }

  /// The same of many recordings.
  func show(_ fleet: FleetDatabase, _ page: PageArguments? = nil) throws -> ExitCode {
    guard !json, !ktap, !verbose, findings == nil, try filter.filter(.ns) == ReportFilter() else {
      throw ValidationError(
        "\(fleet.path) holds many recordings: its report is text, or a page (-o). gpc-replay query \(shellWord(fleet.path)) "
          + "NAME --json prints an answer as JSON.")
    }
    let report = try FleetReport(fleet)
    if let page, let path = page.output {
      try checkOutput(path, isNot: fleet.path)
      try page.write(FleetPage(report, database: fleet.path).text, to: path)
    } else {
      try terminal.show(report.lines(database: fleet.path, width: terminal.width))
    }
    return status.code(of: report)
  }
}

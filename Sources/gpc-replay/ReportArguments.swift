// How a report is shown, as options.

import ArgumentParser
import Pipeline
import Report

/// How a report is shown.
struct ReportArguments: ParsableArguments {
  @Flag(help: "Print the report as one JSON document.")
  var json = false

  @Option(name: .customLong("findings"), help: "Number of findings of each kind to show with their proof.")
  var findingsMax: Int = 3

  mutating func validate() throws {
    if findingsMax < 0 { throw ValidationError("--findings must not be negative.") }
  }

  /// Prints the report and gives the exit status that its verdict asks for.
  func show(_ recording: Recording) throws -> ExitCode {
    let report = try Report(recording.database, findingsMax: findingsMax)
    let text =
      try json
      ? JSONReport.text(report) : TextReport(report, database: recording.path, shownMax: findingsMax).text
    try printOut(text)
    return ExitStatus(report.verdict.status).code
  }
}

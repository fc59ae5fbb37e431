// The options that several verbs share, and how their values are written.

import ArgumentParser
import Forms
import GPCProtocol
import KVMEvents
import Pipeline
import Report
import TraceStore

extension TimeSpan: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

extension ClockBound: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

/// What a replay is told.
struct ReplayArguments: ParsableArguments {
  @Option(
    name: .customLong("delta"),
    help:
      "How far the clocks of two CPUs may be off: events closer than this are unordered. Default: the trace clock's own uncertainty."
  )
  var delta: TimeSpan?

  @OptionGroup var form: JudgedFormArguments

  @Option(help: "A refresh with more false retries than this is excessive.")
  var retriesMax: Int32 = 10

  @Option(
    help: """
      A refresh that loses more time than this to false retries is excessive (default: 10ms). Not with a clock that is \
      no time (counter, x86-tsc).
      """)
  var stallMax: TimeSpan?

  mutating func validate() throws {
    if let delta, !ReplaySettings.deltasNs.contains(delta.ns) { throw ValidationError("--delta must be at most 1s.") }
    if retriesMax < 0 { throw ValidationError("--retries-max must not be negative.") }
  }

  func request() throws -> ReplayRequest {
    var request = ReplayRequest()
    request.deltaNs = delta?.ns
    request.retriesMax = retriesMax
    request.stallMaxNs = stallMax?.ns
    request.kernel = try form.asked()
    return request
  }
}

/// Which form the recorded kernel ran, for verbs that judge by it.
struct JudgedFormArguments: ParsableArguments {
  @Option(
    name: [.customLong("form"), .customLong("kernel")],
    help: """
      The form that the recorded kernel ran, from which divergences are counted: a published one, or a file of one form \
      (docs/forms.md). Default: of the forms that agree, the mainline form of the recorded release, else the newest of \
      mainline's, else the newest published one.
      """)
  var form: FormsArgument?

  mutating func validate() throws {
    if form?.isSeveral == true { throw ValidationError("--form takes one form.") }
  }

  /// nil: none was named.
  func asked() throws -> KernelForm? { try form.map { KernelForm(asked: try $0.one("--form")) } }
}

/// The same for verbs that ask other forms: there, `--form` names those.
struct KernelFormArguments: ParsableArguments {
  @Option(help: "The form that the recorded kernel ran: a published one, or a file of one form. Default: as of run.")
  var kernel: FormsArgument?

  mutating func validate() throws {
    if kernel?.isSeveral == true { throw ValidationError("--kernel takes one form.") }
  }

  /// nil: none was named.
  func asked() throws -> KernelForm? { try kernel.map { KernelForm(asked: try $0.one("--kernel")) } }
}

/// How a report is shown.
struct ReportArguments: ParsableArguments {
  @Flag(help: "The report as one JSON document.")
  var json = false

  @Option(name: .customLong("findings"), help: "How many findings of each kind are shown with their proof.")
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

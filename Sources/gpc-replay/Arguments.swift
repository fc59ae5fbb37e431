// The options that several verbs share, and how their values are written.

import ArgumentParser
import Forms
import GPCProtocol
import KVMEvents
import Replay
import TraceStore

/// A time span on the command line: a whole number and its unit, `10ms`.
struct DurationArgument: ExpressibleByArgument {
  let ns: Int64

  init?(argument: String) {
    let units: [(suffix: String, ns: Int64)] = [("ns", 1), ("us", 1000), ("ms", 1_000_000), ("s", 1_000_000_000)]
    guard let unit = units.first(where: { argument.hasSuffix($0.suffix) }),
      let count = Int64(argument.dropLast(unit.suffix.count)), count >= 0
    else { return nil }
    let (ns, overflow) = count.multipliedReportingOverflow(by: unit.ns)
    if overflow { return nil }
    self.ns = ns
  }

  init(ns: Int64) { self.ns = ns }
}

extension TraceClock: ExpressibleByArgument {}

/// What a replay is told.
struct ReplayArguments: ParsableArguments {
  @Option(
    name: .customLong("delta"),
    help:
      "How far the clocks of two CPUs may be off: events closer than this are unordered. Default: the trace clock's own uncertainty."
  )
  var delta: DurationArgument?

  @OptionGroup var kernel: KernelFormArguments

  @Option(help: "A refresh with more false retries than this is excessive.")
  var retriesMax: Int32 = 10

  @Option(
    help: """
      A refresh that loses more time than this to false retries is excessive (default: 10ms). Not with a clock that is \
      no time (counter, x86-tsc).
      """)
  var stallMax: DurationArgument?

  mutating func validate() throws {
    if let delta, !ReplaySettings.deltasNs.contains(delta.ns) { throw ValidationError("--delta must be at most 1s.") }
    if retriesMax < 0 { throw ValidationError("--retries-max must not be negative.") }
  }

  private static let stallMaxNs: Int64 = 10_000_000

  /// Of ticks nothing is told by time: `--stall-max` is not used, and said so; `--delta` cannot be left aside, for it
  /// is what keeps events unordered, and ends the verb.
  /// - Parameters:
  ///   - resolutionNs: of the recorded stamps.
  ///   - mayHideLoss: any event may be missing (`ImportIssueKind.doubt`).
  func options(
    clock: TraceClock, unit: StampUnit, resolutionNs: Int64, mayHideLoss: Bool
  ) throws -> ReplayOptions {
    var options = ReplayOptions()
    options.mayHideLoss = mayHideLoss
    options.stampUnit = unit
    if unit == .tick {
      let reason = "needs a clock of time, and the stamps are ticks (--clock says of which clock those of a text are)"
      if delta != nil { throw fail("--delta \(reason).") }
      if stallMax != nil { printError("gpc-replay: --stall-max is not used: it \(reason).\n") }
    }
    options.deltaNs = delta?.ns ?? clock.uncertainty(resolutionNs: resolutionNs)
    options.retriesMax = retriesMax
    options.stallMaxNs = unit == .ns ? stallMax?.ns ?? Self.stallMaxNs : .max
    return options
  }

  /// For the recording that a database holds.
  func options(for database: TraceDatabase) throws -> ReplayOptions {
    let facts = try database.facts()
    var options = try options(
      clock: facts.clock, unit: facts.stampUnit, resolutionNs: facts.resolutionNs,
      mayHideLoss: try database.hasDoubt())
    options.unusedFields = try database.implausibleFields()
    options.notifierOffset = try database.recordingMarks().notifierOffset
    return options
  }
}

/// Which form the recorded kernel ran.
struct KernelFormArguments: ParsableArguments {
  @Option(
    help: """
      The form that the recorded kernel ran, from which divergences are counted: a published one, or a file of one form. \
      Default: of the forms that agree, the mainline form of the recorded release, else the newest of mainline's, else the \
      newest published one.
      """)
  var kernel: FormsArgument?

  mutating func validate() throws {
    if kernel?.isSeveral == true { throw ValidationError("--kernel takes one form.") }
  }

  /// nil: none was named.
  func asked() throws -> KernelForm? {
    guard let forms = try kernel?.read().map(\.form) else { return nil }
    guard forms.count == 1 else { throw fail("--kernel takes one form; there are \(forms.count) in that file.") }
    return KernelForm(asked: forms[0])
  }
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
}

/// A clock's uncertainty on the command line: a time span, or `inf` for program order only.
enum DeltaArgument: ExpressibleByArgument {
  case span(DurationArgument)
  case infinite

  init?(argument: String) {
    if argument == "inf" {
      self = .infinite
    } else if let span = DurationArgument(argument: argument) {
      self = .span(span)
    } else {
      return nil
    }
  }

  var isInfinite: Bool { duration == nil }

  var duration: DurationArgument? {
    switch self {
    case .span(let span): span
    case .infinite: nil
    }
  }
}

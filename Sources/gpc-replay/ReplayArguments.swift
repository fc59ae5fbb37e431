// How a recording is replayed, as options.

import ArgumentParser
import Pipeline
import TraceStore

extension TimeSpan {
  /// What an option takes: a span with its unit.
  static func parse(_ argument: String) throws -> TimeSpan {
    if let span = TimeSpan(argument) { return span }
    throw ValidationError(Int64(argument) != nil ? "a time needs its unit, such as \(argument)ms" : Self.forms)
  }

  static let forms = "a time is a whole number and its unit: ns, us, ms or s"
}

extension ClockBound {
  static func parse(_ argument: String) throws -> ClockBound {
    if let bound = ClockBound(argument) { return bound }
    throw ValidationError(
      Int64(argument) != nil ? "a time needs its unit, such as \(argument)ns" : TimeSpan.forms + ", or inf")
  }
}

/// Options of a replay.
struct ReplayArguments: ParsableArguments {
  @Option(
    name: .customLong("delta"),
    help:
      "Maximum offset between the clocks of two CPUs: events closer than this are unordered. Default: the trace clock's uncertainty.",
    transform: TimeSpan.parse)
  var delta: TimeSpan?

  @OptionGroup var form: JudgedFormArguments

  @Option(help: "Report a refresh with more false retries than this as excessive.")
  var retriesMax: Int32 = Self.retriesMaxByDefault

  @Option(
    help: """
      Report a refresh that loses more time than this to false retries as excessive (default: 10ms). Not with a clock that is \
      no time (counter, x86-tsc).
      """, transform: TimeSpan.parse)
  var stallMax: TimeSpan?

  @OptionGroup var memory: MemoryOption

  mutating func validate() throws {
    if let delta, !ReplaySettings.deltasNs.contains(delta.ns) { throw ValidationError("--delta must be at most 1s.") }
    if retriesMax < 0 { throw ValidationError("--retries-max must not be negative.") }
  }

  /// Something was asked for.
  var isGiven: Bool {
    delta != nil || stallMax != nil || form.form != nil || retriesMax != Self.retriesMaxByDefault
      || memory.memoryMax != nil
  }

  private static let retriesMaxByDefault: Int32 = 10

  func request() throws -> ReplayRequest {
    var request = ReplayRequest()
    request.deltaNs = delta?.ns
    request.retriesMax = retriesMax
    request.stallMaxNs = stallMax?.ns
    request.kernel = try form.asked()
    request.memoryMax = memory.memoryMax?.bytes
    return request
  }
}

// How a recording is replayed, as options.

import ArgumentParser
import Pipeline
import TraceStore

extension TimeSpan: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

extension ClockBound: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

/// Options of a replay.
struct ReplayArguments: ParsableArguments {
  @Option(
    name: .customLong("delta"),
    help:
      "Maximum offset between the clocks of two CPUs: events closer than this are unordered. Default: the trace clock's uncertainty."
  )
  var delta: TimeSpan?

  @OptionGroup var form: JudgedFormArguments

  @Option(help: "Report a refresh with more false retries than this as excessive.")
  var retriesMax: Int32 = 10

  @Option(
    help: """
      Report a refresh that loses more time than this to false retries as excessive (default: 10ms). Not with a clock that is \
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

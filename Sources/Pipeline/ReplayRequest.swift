// The settings of a replay: thresholds, and which form the recorded kernel ran.

import Forms
import KVMEvents
import Replay
import TraceStore

/// One replay; by default with the default thresholds.
package struct ReplayRequest: Sendable {
  /// How far the clocks of two CPUs may be off, in nanoseconds; nil: the trace clock's own uncertainty.
  package var deltaNs: Int64?
  /// A refresh with more false retries is excessive.
  package var retriesMax: Int32 = 10
  /// A refresh that loses more to false retries is excessive, in nanoseconds; nil: 10 ms.
  package var stallMaxNs: Int64?
  /// What divergences are counted from; nil: the form that the recording favours.
  package var kernel: KernelForm?
  /// Bytes that the process may take; nil: 256 MB.
  package var memoryMax: Int?

  package init() {}

  private static let stallMaxNs: Int64 = 10_000_000

  /// With ticks nothing is judged by time: `stallMaxNs` is not used, and the listener gets a notice; `deltaNs` cannot
  /// be ignored, since it keeps events unordered: an error.
  /// - Parameters:
  ///   - resolutionNs: of the recorded stamps.
  ///   - mayHideLoss: any event may be missing (`ImportIssueKind.doubt`).
  func options(
    clock: TraceClock, unit: StampUnit, resolutionNs: Int64, mayHideLoss: Bool, _ listener: Listener
  ) throws(PipelineError) -> ReplayOptions {
    var options = ReplayOptions()
    options.mayHideLoss = mayHideLoss
    options.stampUnit = unit
    if unit == .tick {
      if deltaNs != nil { throw .deltaOfTicks }
      if stallMaxNs != nil { listener.notice(.stallMaxOfTicks) }
    }
    options.deltaNs = deltaNs ?? clock.uncertainty(resolutionNs: resolutionNs)
    options.retriesMax = retriesMax
    if let memoryMax { options.memoryMax = memoryMax }
    options.stallMaxNs = unit == .ns ? stallMaxNs ?? Self.stallMaxNs : .max
    return options
  }
}

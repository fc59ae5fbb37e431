// Which findings are asked for, as options.

import ArgumentParser
import KVMEvents
import Report

/// A moment of the trace clock: seconds with up to nine digits after the point, with or without their unit, or ticks.
struct MomentArgument: ExpressibleByArgument {
  /// Seconds and nanoseconds; without a point also a number of ticks.
  private let whole: Int64
  private let nanoseconds: Int64?

  init?(argument: String) {
    let isSeconds = argument.hasSuffix("s")
    let parts = argument.dropLast(isSeconds ? 1 : 0).split(
      separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = Int64(parts[0]), whole >= 0, whole < 1 << 33 || parts.count == 1 && !isSeconds else { return nil }
    self.whole = whole
    guard parts.count == 2 else {
      nanoseconds = isSeconds ? 0 : nil
      return
    }
    let digits = parts[1]
    guard (1...9).contains(digits.count), digits.allSatisfy(\.isNumber), let rest = Int64(digits) else { return nil }
    nanoseconds = (digits.count..<9).reduce(rest) { value, _ in value * 10 }
  }

  func stamp(_ unit: StampUnit) throws -> Int64 {
    if unit == .tick {
      if nanoseconds != nil { throw ValidationError("The stamps are ticks: --from and --to take whole numbers.") }
      return whole
    }
    guard whole < 1 << 33 else { throw ValidationError("--from and --to are seconds of the trace clock.") }
    return whole * 1_000_000_000 + (nanoseconds ?? 0)
  }
}

struct FilterArguments: ParsableArguments {
  @Option(help: "Only findings and stalls of this VM (its number in the report).")
  var vm: Int64?

  @Option(help: "Only findings and stalls of this cache (its number in the report).")
  var cache: Int64?

  @Option(help: "Only findings of this task, or of its invalidations: a comm, a pid, or comm-pid.")
  var task: String?

  @Option(help: "Only findings from this moment of the trace clock on, in seconds (in ticks, if those are recorded).")
  var from: MomentArgument?

  @Option(help: "Only findings up to this moment.")
  var to: MomentArgument?

  func filter(_ unit: StampUnit) throws -> ReportFilter {
    ReportFilter(vm: vm, cache: cache, task: task, fromNs: try from?.stamp(unit), toNs: try to?.stamp(unit))
  }
}

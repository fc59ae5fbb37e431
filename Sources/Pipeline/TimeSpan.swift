// Spans of time as on the command line: `10ms`.

import KVMEvents

/// A whole number and its unit: ns, us, ms or s.
package struct TimeSpan: Sendable {
  package let ns: Int64

  /// nil: not a span, or more than 2^63 - 1 ns.
  package init?(_ text: String) {
    let units: [(suffix: String, ns: Int64)] = [("ns", 1), ("us", 1000), ("ms", 1_000_000), ("s", 1_000_000_000)]
    guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
      let count = Int64(text.dropLast(unit.suffix.count)), count >= 0
    else { return nil }
    let (ns, overflow) = count.multipliedReportingOverflow(by: unit.ns)
    if overflow { return nil }
    self.ns = ns
  }
}

/// How far the clocks of two CPUs may be off in a search.
package enum ClockBound: Equatable, Sendable {
  /// Nanoseconds.
  case span(Int64)
  /// Only program order holds.
  case infinite

  /// A span, or `inf`.
  package init?(_ text: String) {
    if text == "inf" {
      self = .infinite
    } else if let span = TimeSpan(text) {
      self = .span(span.ns)
    } else {
      return nil
    }
  }

  /// nil: infinite.
  package var ns: Int64? {
    switch self {
    case .span(let ns): ns
    case .infinite: nil
    }
  }

  /// As on the command line.
  package var text: String { ns.map { "\($0)ns" } ?? "inf" }
}

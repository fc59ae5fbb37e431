// What the stamps of a recording count, and the names of the units.

import TextLayout

/// Time, or the steps of a counter.
package enum StampUnit: String, CaseIterable, Codable, Sendable {
  /// Nanoseconds.
  case ns
  /// The steps of a counter of unknown speed (`counter`: one per event; `x86-tsc`: cycles): an order, not a time. What
  /// this code and the database call nanoseconds is then ticks.
  case tick

  /// The unit of `figure`: milliseconds, or ticks.
  package var name: String { self == .ns ? "ms" : "ticks" }
  /// A long span without its unit.
  package func figure(_ span: Int64) -> String { self == .ns ? milliseconds(span) : grouped(span) }

  /// The unit of `shortFigure`: microseconds, or ticks.
  package var shortName: String { self == .ns ? "us" : "ticks" }
  /// A short span without its unit, exact.
  package func shortFigure(_ span: Int64) -> String { self == .ns ? microseconds(span) : grouped(span) }

  /// A stamp of the trace clock as the recording's own text has it: seconds, to the microsecond or the nanosecond, or
  /// ticks.
  package func stamp(_ ns: Int64, resolutionNs: Int64) -> String {
    if self == .tick { return String(ns) }
    let (whole, rest) = (ns.magnitude / 1_000_000_000, ns.magnitude % 1_000_000_000)
    let digits = String(resolutionNs >= 1000 ? rest / 1000 : rest)
    let zeros = String(repeating: "0", count: (resolutionNs >= 1000 ? 6 : 9) - digits.count)
    return "\(ns < 0 ? "-" : "")\(whole).\(zeros)\(digits)"
  }

  /// The length of a recording: `0.085 s`, `85,123,456 ticks`.
  package func length(_ span: Int64) -> String { self == .ns ? "\(seconds(span)) s" : plural(span, "tick") }

  /// A small span to its last digit: `1000 ns`, `1000 ticks`.
  package func exact(_ span: Int64) -> String { self == .ns ? "\(span) ns" : "\(span) tick\(span == 1 ? "" : "s")" }
}

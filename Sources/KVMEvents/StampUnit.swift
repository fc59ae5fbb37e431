// What the stamps of a recording count, and the words for it.

import TextLayout

/// Time, or the steps of a counter.
package enum StampUnit: String, CaseIterable, Codable, Sendable {
  /// Nanoseconds.
  case ns
  /// The steps of a counter of whose speed nothing is known (`counter`: one per event; `x86-tsc`: cycles): an order,
  /// and no time. What is named nanoseconds in this code and in the database is ticks then.
  case tick

  /// What `figure` is of: milliseconds, or ticks.
  package var name: String { self == .ns ? "ms" : "ticks" }
  /// A long span without its unit.
  package func figure(_ span: Int64) -> String { self == .ns ? milliseconds(span) : grouped(span) }

  /// What `shortFigure` is of: microseconds, or ticks.
  package var shortName: String { self == .ns ? "us" : "ticks" }
  /// A short span without its unit, exact.
  package func shortFigure(_ span: Int64) -> String { self == .ns ? microseconds(span) : grouped(span) }

  /// The length of a recording: `0.085 s`, `85,123,456 ticks`.
  package func length(_ span: Int64) -> String { self == .ns ? "\(seconds(span)) s" : plural(span, "tick") }

  /// A small span to its last digit: `1000 ns`, `1000 ticks`.
  package func exact(_ span: Int64) -> String { self == .ns ? "\(span) ns" : "\(span) tick\(span == 1 ? "" : "s")" }
}

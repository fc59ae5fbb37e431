// What the numbers of a recording's events count: the one place for the word that sentences use.

/// What an event's id counts.
package enum EventPlace: String, CaseIterable, Codable, Sendable {
  /// A line of the text.
  case line
  /// A record or loss of a trace.dat or perf.data, in the order of the merged CPUs.
  case record
  /// An event in the order of the stamps: bpftrace's lines are in none.
  case event

  /// What the numbers of the input's own places count, where dirt is met: there, sorted events are still lines.
  package var ofInput: EventPlace {
    switch self {
    case .line, .event: .line
    case .record: .record
    }
  }
}

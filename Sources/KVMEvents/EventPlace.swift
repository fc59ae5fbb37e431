// What the numbers of a recording's events count: the single source of the noun in messages.

/// What an event's id counts.
package enum EventPlace: String, CaseIterable, Codable, Sendable {
  /// A line of the text.
  case line
  /// A record or loss of a trace.dat or perf.data, in the order of the merged CPUs.
  case record
  /// An event in time stamp order: bpftrace's lines are unordered.
  case event

  /// What the positions of malformed input count: there, sorted events are still lines.
  package var ofInput: EventPlace {
    switch self {
    case .line, .event: .line
    case .record: .record
    }
  }
}

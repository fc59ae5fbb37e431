// What a search can find, worst first.

/// What some order of steps can show.
package enum SearchVerdict: String, Hashable, Sendable, CaseIterable {
  /// A check said yes inside the contract window of an invalidation of its page.
  case contract
  /// A check said yes, or a round was accepted, over a page that was freed, or over an error pfn.
  case stale
  /// A task waits indefinitely for a lock that it holds itself, for tasks that wait for it in turn, or for a wake-up.
  case deadlock
  /// Every task that can move does so repeatedly, and one never finishes, though all invalidations end.
  case livelock
  /// The same under endless invalidations, which no recording shows: a property of the form, and no fault
  /// of it. Mainline's forms have it.
  case spins
}

extension SearchVerdict {
  /// As reports say it.
  package var words: String {
    switch self {
    case .contract, .stale, .deadlock, .livelock: rawValue
    case .spins: "spins while invalidated"
    }
  }

  /// One letter, in every matrix.
  package var letter: String {
    switch self {
    case .contract: "C"
    case .stale: "S"
    case .deadlock: "D"
    case .livelock: "L"
    case .spins: "W"
    }
  }

  /// Something is wrong: what begins a report and makes the exit status.
  package var isFault: Bool { self != .spins }
}

// What can be removed from a recording without leaving half of an operation.

import KVMEvents
import Operations

/// One operation with all of its lines: a pair of hooks, a check, a refresh, a repeated round of one, a memslot's
/// change.
package struct CutUnit: Sendable {
  package enum Kind: Sendable {
    case initialisation, activation, refresh, round, check, deactivation, invalidation, memslot
    /// A lookup for an ordinary page fault.
    case lookup
    case bystander

    init(_ kind: OperationPlace.Kind) {
      self =
        switch kind {
        case .activation: .activation
        case .refresh: .refresh
        case .initialisation: .initialisation
        case .round: .round
        case .check: .check
        case .deactivation: .deactivation
        case .invalidation: .invalidation
        case .memslot: .memslot
        }
    }
  }

  package let kind: Kind
  /// Ascending.
  package internal(set) var lines: [EventID] = []
  package let thread: ThreadNumber
  /// nil: not known.
  package internal(set) var vm: Int32?
  package internal(set) var cache: CacheNumber?
  /// Units that it needs to have a meaning: the cache's initialisation and activation, the memslot, the refresh around
  /// it.
  package internal(set) var needs: [Int] = []
  /// Its begin and its end are recorded.
  package internal(set) var isWhole = false

  init(_ kind: Kind, thread: ThreadNumber) {
    self.kind = kind
    self.thread = thread
  }

  /// From its first line to its last.
  package var hull: ClosedRange<EventID>? {
    guard let first = lines.first, let last = lines.last else { return nil }
    return first...last
  }
}

/// A whole recording as units.
package struct CutUnits: Sendable {
  package let units: [CutUnit]
  /// The lines that report dropped events. They are not units: losses cannot be removed.
  package let losses: [EventID]

  /// With all that they need.
  package func closure(_ members: Set<Int>) -> Set<Int> {
    var all = members
    var open = Array(members)
    while let next = open.popLast() {
      for need in units[next].needs where all.insert(need).inserted { open.append(need) }
    }
    return all
  }
}

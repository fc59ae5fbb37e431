// What can be left out of a recording without leaving half of something behind.

import KVMEvents

/// One operation with all of its lines: a pair of hooks, a check, a refresh, a repeated round of one, a memslot's change.
package struct CutUnit: Sendable {
  package enum Kind: CaseIterable, Sendable {
    case initialisation, activation, refresh, round, check, deactivation, invalidation, memslot
    /// A lookup for an ordinary page fault.
    case lookup
    case bystander
  }

  package internal(set) var kind: Kind
  /// Ascending.
  package internal(set) var lines: [EventID]
  /// The pid; the idle tasks below 0, one per CPU.
  package let thread: Int64
  /// The kvm; nil: not told.
  package internal(set) var vm: UInt64?
  /// A number per cache, that is per pointer and initialisation.
  package internal(set) var cache: Int?
  /// Units without which it would have no meaning: the cache's initialisation and activation, the memslot, the refresh around it.
  package internal(set) var needs: [Int] = []
  /// Its begin and its end are recorded.
  package internal(set) var isWhole = false
  /// Its begin stands before the recording.
  var isTorn = false
  /// Of an invalidation: the notifier, until the kvm is known.
  var mn: UInt64?

  init(_ kind: Kind, _ event: RecordedEvent, thread: Int64) {
    self.kind = kind
    lines = [event.id]
    self.thread = thread
    vm = event.kvm?.rawValue
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
  /// The lines that say that events were dropped. They are no units: what was lost cannot be wished away.
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

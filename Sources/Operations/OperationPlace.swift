// Which operation an event belongs to: used to gather the lines of operations.

import KVMEvents

/// The operation of the last event taken. An operation is named by its first recorded event.
///
/// Plain numbers: every event writes it, and few readers need it.
package struct OperationPlace {
  package enum Kind: Sendable {
    /// The request and its refresh are one operation.
    case activation, refresh
    case initialisation, round, check, deactivation, invalidation, memslot
  }

  /// nil: of no operation, or of one that is not known: nothing is paired across a gap (evidence, rule 13).
  package internal(set) var kind: Kind?
  package internal(set) var thread: ThreadNumber = 0
  /// The operation's first event.
  package private(set) var begin: EventID = 0
  /// The first event of the enclosing operation: for a round, its refresh; for an invalidation, the round or the
  /// refresh of its thread.
  package private(set) var host: EventID?
  package private(set) var cache: CacheNumber?
  /// If there is no cache: the VM's id.
  package private(set) var vm: Int32?
  /// With this event both the operation's begin and its end are recorded.
  package private(set) var isWhole = false

  @inline(__always)
  mutating func set(
    _ kind: Kind, _ begin: EventID, in host: EventID? = nil, cache: CacheNumber? = nil, vm: Int32? = nil,
    isWhole: Bool = false
  ) {
    self.kind = kind
    self.begin = begin
    self.host = host
    self.cache = cache
    self.vm = vm
    self.isWhole = isWhole
  }

  @inline(__always)
  mutating func set(_ invalidation: InvalidationState, in host: EventID? = nil, isWhole: Bool = false) {
    set(.invalidation, invalidation.firstEvent, in: host, vm: invalidation.vm.id, isWhole: isWhole)
  }
}

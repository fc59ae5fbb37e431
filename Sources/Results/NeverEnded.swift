// What was open when the recording ended; a row of the table `never_ended`.

import KVMEvents

/// An operation whose end is not in the recording although nothing was lost since it began (docs/evidence.md, rule 25).
package struct NeverEnded: Sendable {
  package enum Kind: String, CaseIterable, Encodable, Sendable {
    /// `kvm_gpc_refresh()` or `kvm_gpc_activate()` that has not reached its refresh: it waits for `refresh_lock`.
    case request
    case refresh
    /// `hva_to_pfn()` inside a refresh.
    case lookup
    case check, deactivation, invalidation
  }

  package let kind: Kind
  package let vm: Int32?
  package let cache: Int32?
  package let task: TaskID
  /// Its first event.
  package let event: EventID
  /// Its last event, which shows the lock or hook that it is in.
  package let lastEvent: EventID
  /// From its first event to the recording's last, in nanoseconds.
  package let openNs: Int64
  package let refresh: Int64?
  /// For an invalidation: itself. For a refresh: the open one that overlaps its page.
  package let invalidation: Int64?
  /// The statement of the form at which it waits, as its text has it; nil: the form does not wait there.
  package let waitsAt: String?
  /// The same for each form tested that waits there.
  package let waits: [Wait]

  /// Where a form waits; a row of the table `never_ended_wait`.
  package struct Wait: Sendable, Equatable {
    package let form: String
    package let statement: String
    /// Once the invalidation is over.
    package let canBeLeft: Bool

    package init(form: String, statement: String, canBeLeft: Bool) {
      self.form = form
      self.statement = statement
      self.canBeLeft = canBeLeft
    }
  }

  package init(
    kind: Kind, vm: Int32?, cache: Int32?, task: TaskID, event: EventID, lastEvent: EventID, openNs: Int64,
    refresh: Int64?, invalidation: Int64?, waitsAt: String?, waits: [Wait] = []
  ) {
    self.kind = kind
    self.vm = vm
    self.cache = cache
    self.task = task
    self.event = event
    self.lastEvent = lastEvent
    self.openNs = openNs
    self.refresh = refresh
    self.invalidation = invalidation
    self.waitsAt = waitsAt
    self.waits = waits
  }
}

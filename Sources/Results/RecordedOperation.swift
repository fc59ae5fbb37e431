// One call into KVM, or by the mm into its notifier, as recorded: `explore` and `compare` re-time these.

import KVMEvents

/// An operation of a VM from its entry to its return, with the moments between which its steps lie.
package struct RecordedOperation: Sendable {
  package enum Kind: Sendable {
    /// From the start hook's entry to the end hook's return.
    case invalidate(RecordedInvalidation)
    /// `__kvm_gpc_refresh()`, also as the tail of an activation.
    case refresh(RecordedRefresh)
    case check(RecordedCheck)
    case deactivate
  }

  package let kind: Kind
  /// The cache it concerns; nil for an invalidation.
  package let cache: Int32?
  package let task: TaskID
  /// It runs on top of another operation of its thread: an interrupt's check, or an invalidation that the thread's own
  /// lookup caused.
  package let isNested: Bool
  package let begin: Moment
  package let end: Moment

  package init(kind: Kind, cache: Int32?, task: TaskID, isNested: Bool, begin: Moment, end: Moment) {
    self.kind = kind
    self.cache = cache
    self.task = task
    self.isNested = isNested
    self.begin = begin
    self.end = end
  }
}

/// An invalidation: `begin` is the start hook's entry, `end` the end hook's return (without that probe: its last
/// recorded event).
package struct RecordedInvalidation: Sendable {
  package let range: HVARange
  /// Its end bumps `mmu_invalidate_seq`; nil: the memslots are not known.
  package let hitsMemslot: Bool?
  /// false: a change of protection, which frees nothing.
  package let removesMappings: Bool
  /// The walk of the caches begins in the start hook: the count is up. nil: it goes up at some time in that hook.
  package let startWalk: Moment?
  /// The walk of the caches begins in the end hook, as some forms have it.
  package let endWalk: Moment?
  /// The start hook returns.
  package let startRet: Moment?
  /// The end hook is called.
  package let endEntry: Moment?
  /// `mn_invalidate_end_kvm`.
  package let endKvm: Moment?
  /// The lookup whose own fault caused it.
  package let selfLookup: EventID?

  package init(
    range: HVARange, hitsMemslot: Bool?, removesMappings: Bool, startWalk: Moment?, endWalk: Moment?,
    startRet: Moment?, endEntry: Moment?, endKvm: Moment?, selfLookup: EventID?
  ) {
    self.range = range
    self.hitsMemslot = hitsMemslot
    self.removesMappings = removesMappings
    self.startWalk = startWalk
    self.endWalk = endWalk
    self.startRet = startRet
    self.endEntry = endEntry
    self.endKvm = endKvm
    self.selfLookup = selfLookup
  }
}

/// A refresh: `begin` is the entry of `__kvm_gpc_refresh()`, `end` its return.
package struct RecordedRefresh: Sendable {
  /// One round of the retry loop.
  package struct Round: Sendable {
    package let loop: Moment?
    package let lookup: Moment?
    package let lookupRet: Moment?
    package let test: Moment?

    package init(loop: Moment?, lookup: Moment?, lookupRet: Moment?, test: Moment?) {
      self.loop = loop
      self.lookup = lookup
      self.lookupRet = lookupRet
      self.test = test
    }
  }

  package let origin: Refresh.Origin
  package let outcome: Refresh.Outcome
  package let ret: Int64
  /// Entry of the request (`kvm_gpc_refresh`, `kvm_gpc_activate`): from here on it waits for `refresh_lock`.
  package let request: Moment?
  /// false: hva-based; nil: the probe does not say.
  package let isGPABased: Bool?
  /// The page that it looked up, or kept; an error uhva if no memslot gave one; nil: not known.
  package let uhva: UHVA?
  /// The cache's `valid` as the entry's probe read it; nil: not recorded.
  package let wasValid: Bool?
  /// The cache's uhva before; nil: not recorded.
  package let oldUHVA: UHVA?
  package let rounds: [Round]

  package init(
    origin: Refresh.Origin, outcome: Refresh.Outcome, ret: Int64, request: Moment?, isGPABased: Bool?, uhva: UHVA?,
    wasValid: Bool?, oldUHVA: UHVA?, rounds: [Round]
  ) {
    self.origin = origin
    self.outcome = outcome
    self.ret = ret
    self.request = request
    self.isGPABased = isGPABased
    self.uhva = uhva
    self.wasValid = wasValid
    self.oldUHVA = oldUHVA
    self.rounds = rounds
  }
}

/// A check and the use after it.
package struct RecordedCheck: Sendable {
  package let answer: Bool
  /// The conditions besides `valid` (active, generation, uhva, length), as its probe read them; nil: a field is
  /// missing.
  package let othersHold: Bool?
  /// `valid` as the entry's probe read it; nil: not recorded.
  package let wasValid: Bool?
  package let uhva: UHVA?

  package init(answer: Bool, othersHold: Bool?, wasValid: Bool?, uhva: UHVA?) {
    self.answer = answer
    self.othersHold = othersHold
    self.wasValid = wasValid
    self.uhva = uhva
  }
}

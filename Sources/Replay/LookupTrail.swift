// A cache's last lookup that found a page, and what has removed the page since.

import KVMEvents
import Operations

/// What the next lookup of the same page can be compared with.
struct LookupTrail {
  let page: UHVA
  let lookup: Moment
  let lookupRet: Moment
  let pfn: PFN
  /// Since the lookup's entry.
  var removers: Removers

  /// nil: it found none, or not all of it is recorded.
  init?(_ round: RoundState, page: UHVA?, in vm: VMState, _ order: MomentOrder) {
    guard !round.isTorn, let lookup = round.lookup, let lookupRet = round.lookupRet, let pfn = round.pfn, !pfn.isError,
      let page
    else { return nil }
    self.page = page
    self.lookup = lookup
    self.lookupRet = lookupRet
    self.pfn = pfn
    removers = Removers(of: page, since: lookup, in: vm, order)
  }

  /// Exactly one removal certainly lies between the two lookups, and no other may.
  func isFollowedByRemoval(before next: LookupTrail, _ order: MomentOrder) -> Bool {
    guard next.page == page, !removers.areSeveral, let removal = removers.only, !removal.mayBeSplit else {
      return false
    }
    return order.surely(lookupRet, before: removal.start) && order.surely(removal.end, before: next.lookup)
  }
}

/// Over all lookups that have returned: how late one of them began.
struct LatestLookup {
  private var id = EventID.min
  private var time = Int64.min

  mutating func note(_ lookup: Moment) {
    id = max(id, lookup.id)
    time = max(time, lookup.time)
  }

  /// One of them may have begun after `moment`, by `MomentOrder`. An invalidation that ends now has none, however many
  /// caches map its page.
  func mayBeAfter(_ moment: Moment) -> Bool { id >= moment.id || time > moment.time }
}

// A page that may be stale waits for the next lookup of it (evidence, rule 21).

import KVMEvents
import Operations
import Results

/// One accepted lookup, the invalidation that may have removed its page, and what the next lookup found.
final class Watch {
  let vm: VMState
  let page: UHVA
  let pfn: PFN
  let invalidation: InvalidationState
  /// The next lookup; it counts once nothing more can turn up that was open before its return.
  private(set) var next: LookupTrail?
  private(set) var witness: Witness?
  /// The finding that was passed on without a witness, and whether another pfn makes it certain.
  var finding: (id: Int64, canBeRaised: Bool)?

  init(_ page: UHVA, _ pfn: PFN, _ invalidation: InvalidationState) {
    vm = invalidation.vm
    self.page = page
    self.pfn = pfn
    self.invalidation = invalidation
  }

  /// A lookup of a VM has returned.
  func see(_ lookup: LookupTrail, of other: VMState, _ order: MomentOrder) {
    guard witness == nil, next == nil, lookup.page == page, let end = invalidation.end,
      order.surely(end, before: lookup.lookup), vm.sharesMM(with: other, at: end.id)
    else { return }
    next = lookup
  }

  /// An invalidation has become known. One that certainly begins after the next lookup's return does not matter.
  func meet(_ other: InvalidationState, _ order: MomentOrder) {
    guard witness == nil, other.vm === vm, other !== invalidation, other.removesMappings, other.overlaps(page: page)
    else { return }
    if let next, order.surely(next.lookupRet, before: other.start) { return }
    lack(.blocked)
  }

  func lack(_ lack: Witness.Lack) {
    if witness == nil { witness = .none(lack) }
  }

  /// No further event is earlier than `time`, in nanoseconds (nil: no further events at all).
  func settle(before time: Int64?, _ order: MomentOrder) {
    guard witness == nil else { return }
    guard let next else {
      if time == nil { lack(.notLookedUp) }
      return
    }
    if let time, next.lookupRet.time &+ order.deltaNs >= time { return }
    witness = Witness(
      answer: next.pfn == pfn ? .samePFN : .otherPFN, lack: nil, lookup: next.lookup.id, lookupRet: next.lookupRet.id)
  }
}

// The next lookup of a page as a witness (evidence, rule 21), and the weight of the same pfn.

import KVMEvents
import Operations
import Results

extension Replayer {
  /// Pages that wait for a lookup; far more than in any recording seen so far.
  private static var watchesMax: Int { 1024 }

  /// A lookup has returned.
  mutating func seeLookup(_ round: RoundSlot, of refresh: RefreshSlot) {
    let (state, cache) = (operations.rounds[round], operations.refreshes[refresh].cache)
    let uhva = state.uhva ?? operations.caches[cache].uhva
    guard let vm = operations.refreshes[refresh].vm,
      let trail = LookupTrail(state, page: uhva.flatMap { $0.isError ? nil : $0.page }, in: vm, order)
    else { return }
    for watch in watches { watch.see(trail, of: vm, order) }
    latestLookup.note(trail.lookup)
    if let former = judgedCaches[cache].trail, former.isFollowedByRemoval(before: trail, order),
      !mayHide(in: vm, since: former.lookup)
    {
      witnessWeight.count(isSame: former.pfn == trail.pfn)
    }
    judgedCaches[cache].trail = trail
  }

  /// An invalidation has become known.
  mutating func seeRemover(_ invalidation: InvalidationState) {
    guard invalidation.removesMappings else { return }
    for watch in watches { watch.meet(invalidation, order) }
    for cache in caches(of: invalidation.vm, in: invalidation.range) { judgedCaches[cache].meetRemover(invalidation) }
  }

  private func mayHide(in vm: VMState, since moment: Moment) -> Bool {
    vm.mayHideInvalidations(since: moment, order) || operations.hasUntiedNotifier
  }

  /// A page that an invalidation may have removed begins to wait for its next lookup; one that is over by now is among
  /// the caches' last ones.
  /// - Parameters:
  ///   - lookup: the accepted lookup's entry.
  ///   - removers: what may have removed the page since; nil: the VM still holds them all.
  mutating func watch(
    _ page: UHVA, _ pfn: PFN?, lookedUp lookup: Moment, removedBy invalidation: InvalidationState, _ removers: Removers?
  ) -> Watch {
    let vm = invalidation.vm
    let watch = Watch(page, pfn ?? .errorFault, invalidation)
    if pfn == nil { watch.lack(.noPFN) }
    if mayHide(in: vm, since: lookup) { watch.lack(.hidden) }
    if let end = invalidation.end, latestLookup.mayBeAfter(end) {
      let ownPage = HVARange(start: page, end: UHVA(rawValue: page.rawValue &+ pageSize))
      let trails = caches(of: vm, in: ownPage).compactMap { judgedCaches[$0].trail }
      for trail in trails.sorted(by: { $0.lookupRet.id < $1.lookupRet.id }) { watch.see(trail, of: vm, order) }
    }
    if let removers {
      if !removers.areNone(but: invalidation) { watch.lack(.blocked) }
    } else {
      for other in vm.invalidations where !other.surelyDown(before: lookup, order) { watch.meet(other, order) }
    }
    if watch.witness == nil { watches.append(watch) }
    if watches.count > Self.watchesMax {
      let oldest = watches.removeFirst()
      oldest.lack(.crowded)
      tellIfKnown(oldest)
    }
    return watch
  }

  /// Passes on what has become known about findings by this time (nil: the recording is over).
  mutating func settleWatches(before time: Int64?) {
    if watches.isEmpty { return }
    for watch in watches { watch.settle(before: time, order) }
    for watch in watches { tellIfKnown(watch) }
    watches.removeAll { $0.witness != nil }
  }

  /// Reports, once, what is known about the finding that depends on it.
  mutating func tellIfKnown(_ watch: Watch) {
    guard let witness = watch.witness, let finding = watch.finding else { return }
    watch.finding = nil
    rows.append(
      .witness(witness, ofFinding: finding.id, raises: witness.answer == .otherPFN && finding.canBeRaised))
  }

  /// Events of these VMs are missing since the lookups that wait.
  mutating func doubtWatches(of vms: AffectedVMs) {
    for watch in watches where vms.contains(watch.vm.id) { watch.lack(.loss) }
  }
}

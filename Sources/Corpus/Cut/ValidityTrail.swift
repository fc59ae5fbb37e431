// Are the recorded `valid` flags and pfns still consistent? A cut without the operation that cleared one is not a trace
// that a kernel could have produced.

import KVMEvents
import Operations
import Results

/// Follows each cache's `valid`, and whether it has a pfn, through refreshes, deactivations and invalidations, as far
/// as they are certain, and notes the requests that recorded a value other than the last of these left. The replay
/// judges the answers of checks and rounds; it need not trust what requests recorded.
package struct ValidityTrail {
  private struct Cache {
    /// nil: it can be either.
    var valid: Bool?
    /// nil likewise. Walks pass over a cache whose pfn is an error; they leave the pfn as it is.
    var hasPFN: Bool?
    var runningCount = 0
    /// An invalidation of the page came while a refresh ran.
    var isDisturbed = false
  }

  private var operations: OperationTracker
  /// By their numbers.
  private var caches: [Cache] = []
  private var contradictions: Set<EventID> = []

  /// - Parameter order: of the recording's clocks, as it is replayed.
  package init(order: MomentOrder) { operations = OperationTracker(order: order) }

  package mutating func consume(_ events: [RecordedEvent]) {
    for event in events {
      for next in operations.admit(event) { take(next) }
    }
  }

  /// The recording is over.
  /// - Returns: the events that contradict what came before.
  package mutating func finish() -> Set<EventID> {
    operations.giveUpTie()
    for event in operations.takeHeld() { take(event) }
    return contradictions
  }

  private mutating func take(_ event: RecordedEvent) {
    operations.settleCounts(before: event.time.rawValue)
    operations.take(event)
    while caches.count < operations.caches.count { caches.append(Cache()) }
    switch event.kind {
    case .gpcActivate, .gpcActivateHva, .gpcRefresh, .lockedRefresh, .gfnToPfnCacheRefresh:
      if let cache = operations.place.cache { compare(event, caches[cache]) }
    case _: break
    }
    for step in operations.steps { follow(step) }
    operations.forgetSteps(now: event.time.rawValue)
  }

  private mutating func compare(_ event: RecordedEvent, _ cache: Cache) {
    guard cache.runningCount == 0 else { return }
    if let valid = event[.valid], let expected = cache.valid, expected != (valid == 1) {
      contradictions.insert(event.id)
    }
    if let pfn = event.pfn, let expected = cache.hasPFN, expected == pfn.isError { contradictions.insert(event.id) }
  }

  private mutating func follow(_ step: OperationStep) {
    switch step {
    case .initialised(let cache, _): caches[cache] = Cache(valid: false, hasPFN: false)
    case .entered(let slot):
      let cache = operations.refreshes[slot].cache
      (caches[cache].valid, caches[cache].hasPFN) = (nil, nil)
      caches[cache].runningCount += 1
    case .returned(let slot, _): end(operations.refreshes[slot], ret: operations.refreshes[slot].ret)
    case .abandoned(let slot, _): end(operations.refreshes[slot], ret: nil)
    case .deactivated(let cache, _): (caches[cache].valid, caches[cache].hasPFN) = (false, false)
    case .began(let invalidation), .walkEnded(let invalidation, _): disturb(invalidation)
    case .lost:
      for cache in caches.indices {
        (caches[cache].valid, caches[cache].hasPFN) = (nil, nil)
        caches[cache].isDisturbed = true
      }
    case .walkBegan, .endEntered, .closed, .doubtEnded, .attached, .deactivationEnded, .loopReached, .lookedUp,
      .roundEnded,
      .accepted, .checked, .unanswered, .memslotEnded, .doubted:
      break
    }
  }

  /// - Parameter ret: nil: not recorded.
  private mutating func end(_ refresh: RefreshState, ret: Int64?) {
    var cache = caches[refresh.cache]
    if refresh.entry != nil { cache.runningCount -= 1 }
    // -EINVAL touches nothing.
    let success = ret == -22 || refresh.entry == nil || cache.runningCount > 0 ? nil : ret.map { $0 == 0 }
    cache.valid = cache.isDisturbed ? nil : success
    cache.hasPFN = success
    cache.isDisturbed = cache.isDisturbed && cache.runningCount > 0
    caches[refresh.cache] = cache
  }

  private mutating func disturb(_ invalidation: InvalidationState) {
    for cache in invalidation.vm.caches {
      guard operations.caches[cache].page.map({ invalidation.overlaps(page: $0) }) ?? true else { continue }
      if caches[cache].valid == true { caches[cache].valid = nil }
      if caches[cache].runningCount > 0 { caches[cache].isDisturbed = true }
    }
  }
}

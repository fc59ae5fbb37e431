// Do the recorded `valid` flags and pfns still tell one story? A cut that lacks what cleared one is no trace that a kernel could have made.

import KVMEvents

/// Follows each cache's `valid`, and whether it has a pfn, through refreshes, deactivations and invalidations, as far as that is plain, and
/// notes the requests that recorded another value than the last of these left.
package struct ValidityTrail {
  private struct Cache {
    /// nil: it can be either.
    var valid: Bool?
    /// nil likewise. Walks pass over a cache whose pfn is an error; they leave the pfn as it is.
    var hasPFN: Bool?
    var uhva: UHVA?
    var runningCount = 0
    /// An invalidation of the page came while a refresh ran.
    var isDisturbed = false
  }

  private var caches: [UInt64: Cache] = [:]
  /// By pid: the cache that is being refreshed, the range that is being invalidated.
  private var refreshed: [Int32: UInt64] = [:]
  private var invalidated: [Int32: HVARange] = [:]
  /// The events that contradict what came before.
  package private(set) var contradictions: Set<EventID> = []

  package init() {}

  package mutating func consume(_ events: [RecordedEvent]) {
    for event in events { consume(event) }
  }

  private mutating func consume(_ event: RecordedEvent) {
    switch event.kind {
    case .gpcInit: change(event) { $0 = Cache(valid: false, hasPFN: false) }
    case .gpcActivate, .gpcActivateHva, .gpcRefresh: compare(event)
    case .lockedRefresh, .gfnToPfnCacheRefresh:
      compare(event)
      change(event) { cache in
        cache.runningCount += 1
        cache.valid = nil
        cache.hasPFN = nil
      }
      refreshed[event.pid] = event.gpc?.rawValue
    case .gpcRetryLoop, .gpcRetryCheck, .gpcRefreshDone: change(event) { $0.uhva = event.uhva ?? $0.uhva }
    case .lockedRefreshRet, .gpcRefreshRet: endRefresh(event)
    case .gpcDeactivate:
      change(event) { cache in
        cache.valid = false
        cache.hasPFN = false
      }
    case .mnInvalidateRangeStart:
      invalidated[event.pid] = event.range
      disturb(event.range)
    case .mnInvalidateRangeStartRet: disturb(invalidated.removeValue(forKey: event.pid))
    case .lostEvents:
      for gpc in caches.keys {
        caches[gpc]?.valid = nil
        caches[gpc]?.hasPFN = nil
        caches[gpc]?.isDisturbed = true
      }
    case .gpcActivateRet, .gpcActivateHvaRet, .gpcDeactivateRet, .hvaToPfn, .hvaToPfnRet, .gpcCheck, .gpcCheckRet,
      .gpcUnmap, .kvmUnmapHvaRange, .gpcInvalidateStart, .mnInvalidateRangeEnd, .mnInvalidateEndKvm,
      .mnInvalidateRangeEndRet, .mnInvalidateRange, .mnChangePte, .setMemoryRegion, .setMemoryRegionRet, .bystander:
      break
    }
  }

  private mutating func compare(_ event: RecordedEvent) {
    guard let gpc = event.gpc?.rawValue, let cache = caches[gpc], cache.runningCount == 0 else { return }
    if let valid = event[.valid], let expected = cache.valid, expected != (valid == 1) {
      contradictions.insert(event.id)
    }
    if let pfn = event.pfn, let expected = cache.hasPFN, expected == pfn.isError { contradictions.insert(event.id) }
  }

  private mutating func endRefresh(_ event: RecordedEvent) {
    guard let gpc = refreshed.removeValue(forKey: event.pid), var cache = caches[gpc] else { return }
    cache.runningCount -= 1
    // -EINVAL touches nothing.
    cache.valid = cache.isDisturbed || event.ret == -22 || cache.runningCount > 0 ? nil : event.ret == 0
    cache.hasPFN = event.ret == -22 || cache.runningCount > 0 ? nil : event.ret == 0
    cache.isDisturbed = cache.isDisturbed && cache.runningCount > 0
    caches[gpc] = cache
  }

  private mutating func disturb(_ range: HVARange?) {
    guard let range else { return }
    for (gpc, cache) in caches where cache.uhva.map({ range.contains($0.page) }) ?? true {
      if cache.valid == true { caches[gpc]?.valid = nil }
      if cache.runningCount > 0 { caches[gpc]?.isDisturbed = true }
    }
  }

  private mutating func change(_ event: RecordedEvent, _ body: (inout Cache) -> Void) {
    guard let gpc = event.gpc?.rawValue else { return }
    body(&caches[gpc, default: Cache()])
  }
}

// The caches that an invalidation may concern, and those that its walk has reached.

import KVMEvents
import Operations

/// The caches whose `valid` a walk may have cleared.
struct WalkedCaches {
  private(set) var caches: [CacheNumber] = []
  /// More than are listed: any of the VM.
  private(set) var areMany = false

  /// Open invalidations times caches would take their product.
  private static let listedMax = 64

  mutating func append(_ cache: CacheNumber) {
    if caches.count < Self.listedMax { caches.append(cache) } else { areMany = true }
  }
}

extension Replayer {
  /// All of the VM, where they are few; else those that have, or had, a page in the range, or may have one.
  mutating func caches(of vm: VMState, in range: HVARange) -> [CacheNumber] {
    guard Self.hasMany(vm) else { return vm.caches }
    for cache in operations.takeMoved() { update(cache) }
    for cache in judgedCaches.takeMoved() { update(cache) }
    return cachesByPage.caches(of: vm.id, in: range)
  }

  private mutating func update(_ cache: CacheNumber) {
    cachesByPage.update(cache, operations.caches[cache], judgedCaches[cache])
  }

  private static func hasMany(_ vm: VMState) -> Bool { vm.caches.count > CachesByPage.fewMax }

  /// A walk that begins at this moment may clear its `valid`.
  mutating func note(_ cache: CacheNumber, inWalkFrom begin: Moment, of vm: VMState) {
    if Self.hasMany(vm) || !walkedCaches.isEmpty { walkedCaches[begin.id, default: WalkedCaches()].append(cache) }
  }

  /// The caches that a walk from this moment on may have reached.
  func cachesWalked(from begin: Moment, of vm: VMState) -> [CacheNumber] {
    guard Self.hasMany(vm) else { return vm.caches }
    guard let walked = walkedCaches[begin.id] else { return [] }
    return walked.areMany ? vm.caches : walked.caches
  }

  /// The invalidation is over.
  mutating func forgetWalk(of invalidation: InvalidationState) {
    if walkedCaches.isEmpty { return }
    for moment in [invalidation.start, invalidation.walk] {
      if let moment { walkedCaches[moment.id] = nil }
    }
  }
}

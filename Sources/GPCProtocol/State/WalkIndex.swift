// Which caches the walk of an invalidation has to look at.

import KVMEvents

/// The caches on `gpc_list`, by uhva. A walk takes and drops the lock of a cache that it misses, which changes nothing,
/// unless that lock is held.
struct WalkIndex: Sendable {
  private struct Place: Equatable {
    var uhva: UHVA?
    var isHeld = false
  }

  private var listed = PageIndex()
  private var places: [Place] = []
  /// On the list, their `gpc->lock` held.
  private var held: Set<Int> = []
  /// Moves with every cache that comes, goes, or gets another uhva.
  private var version: UInt64 = 1

  @inline(__always)
  mutating func update(_ cache: Int, _ state: SharedCache<RecordingWidth>) {
    let isListed = state.isListed
    let place = Place(uhva: isListed ? state.fields.uhva : nil, isHeld: isListed && !state.lock.admitsWriter)
    if cache < places.count && places[cache] == place { return }
    move(cache, to: place)
  }

  private mutating func move(_ cache: Int, to place: Place) {
    while places.count <= cache { places.append(Place()) }
    let former = places[cache]
    places[cache] = place
    if former.isHeld != place.isHeld {
      if place.isHeld { held.insert(cache) } else { held.remove(cache) }
    }
    guard former.uhva != place.uhva else { return }
    version += 1
    if let uhva = former.uhva { listed.remove(cache, at: uhva) }
    if let uhva = place.uhva { listed.insert(cache, at: uhva) }
  }

  /// The first cache from this one on that is hit, or whose lock is held.
  func next(from first: Int, in range: HVARange, _ walk: inout WalkOrder) -> Int? {
    if walk.version != version || first == 0 { walk = WalkOrder(version, listed.numbers(in: range).sorted()) }
    let hit = walk.next(from: first)
    let awaited = held.lazy.filter { $0 >= first }.min()
    guard let hit, let awaited else { return hit ?? awaited }
    return min(hit, awaited)
  }
}

/// The caches that one walk hits, in the order of the list.
struct WalkOrder: Sendable {
  fileprivate let version: UInt64
  private var caches: [Int]
  private var place = 0

  init() { self.init(0, []) }

  fileprivate init(_ version: UInt64, _ caches: [Int]) {
    self.version = version
    self.caches = caches
  }

  fileprivate mutating func next(from first: Int) -> Int? {
    while place < caches.count && caches[place] < first { place += 1 }
    guard place < caches.count else { return nil }
    return caches[place]
  }
}

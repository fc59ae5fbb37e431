// The protocol's state of every cache.

import Operations

/// By the caches' numbers. Remembers which changed since the last gap, since only these have anything to forget in
/// the next one; and which changed since the index of their pages was brought up to date.
struct JudgedCaches {
  private struct Marks: OptionSet {
    let rawValue: UInt8
    static let touched = Marks(rawValue: 1)
    static let moved = Marks(rawValue: 2)
    static let both: Marks = [.touched, .moved]
  }

  private var caches: [JudgedCache] = []
  private var marks: [Marks] = []
  private var touched: [CacheNumber] = []
  private var moved: [CacheNumber] = []

  var count: Int { caches.count }

  mutating func append(_ cache: JudgedCache) {
    caches.append(cache)
    marks.append([])
  }

  subscript(cache: CacheNumber) -> JudgedCache {
    @inline(__always) _read { yield caches[cache] }
    @inline(__always) _modify {
      if marks[cache].rawValue != Marks.both.rawValue { mark(cache) }
      yield &caches[cache]
    }
  }

  private mutating func mark(_ cache: CacheNumber) {
    if !marks[cache].contains(.touched) { touched.append(cache) }
    if !marks[cache].contains(.moved) { moved.append(cache) }
    marks[cache] = .both
  }

  /// Those that changed since the last call.
  mutating func takeTouched() -> [CacheNumber] {
    defer { touched.removeAll(keepingCapacity: true) }
    for cache in touched { marks[cache].remove(.touched) }
    return touched
  }

  /// The same for the index.
  mutating func takeMoved() -> [CacheNumber] {
    defer { moved.removeAll(keepingCapacity: true) }
    for cache in moved { marks[cache].remove(.moved) }
    return moved
  }
}

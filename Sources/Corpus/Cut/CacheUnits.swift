// What a unit needs: its cache's beginnings, and its page's memslot.

import KVMEvents

/// The caches by pointer, each with the units that began it.
struct CacheUnits {
  private struct Cache {
    let kvm: UInt64?
    let initialisation: Int?
    var activation: Int?
  }

  struct Needs {
    let initialisation: Int?
    let activation: Int?
    var all: [Int] { [initialisation, activation].compactMap { $0 } }
  }

  private var caches: [Cache] = []
  private var current: [UInt64: Int] = [:]

  /// A new one under this pointer.
  mutating func begin(_ event: RecordedEvent, _ unit: Int) -> Int? {
    guard let gpc = event.gpc?.rawValue else { return nil }
    return add(gpc, Cache(kvm: event.kvm?.rawValue, initialisation: unit))
  }

  private mutating func add(_ gpc: UInt64, _ cache: Cache) -> Int {
    caches.append(cache)
    current[gpc] = caches.count - 1
    return caches.count - 1
  }

  mutating func find(_ event: RecordedEvent) -> (Int, Needs)? {
    guard let gpc = event.gpc?.rawValue else { return nil }
    let known = current[gpc].flatMap { index -> Int? in
      guard let owner = caches[index].kvm, let kvm = event.kvm?.rawValue, owner != kvm else { return index }
      return nil
    }
    let index = known ?? add(gpc, Cache(kvm: event.kvm?.rawValue, initialisation: nil))
    return (index, Needs(initialisation: caches[index].initialisation, activation: caches[index].activation))
  }

  mutating func activate(_ cache: Int, _ unit: Int) { caches[cache].activation = unit }

  mutating func endActivation(of cache: Int?) {
    if let cache { caches[cache].activation = nil }
  }
}

/// The memslots in force, with the units that set them.
struct MemslotUnits {
  private struct Slot {
    let unit: Int
    let range: HVARange
  }

  private var slots: [UInt64: [UInt64: Slot]] = [:]
  private var initialised: [UInt64: Set<UInt64>] = [:]

  /// The same cache of the same kvm once more: another VM under the pointer.
  mutating func meetInitialisation(_ event: RecordedEvent) {
    guard let kvm = event.kvm?.rawValue, let gpc = event.gpc?.rawValue else { return }
    if !initialised[kvm, default: []].insert(gpc).inserted {
      slots[kvm] = nil
      initialised[kvm] = [gpc]
    }
  }

  mutating func apply(_ change: RecordedEvent, _ unit: Int) {
    guard let kvm = change.kvm?.rawValue, let slot = change[.slot], let size = change[.len], let uhva = change.uhva
    else { return }
    let range = HVARange(start: uhva, end: UHVA(rawValue: uhva.rawValue &+ size))
    slots[kvm, default: [:]][slot] = size == 0 ? nil : Slot(unit: unit, range: range)
  }

  /// The unit that set the memslot of this address.
  func unit(of kvm: UInt64?, _ uhva: UHVA) -> Int? {
    guard let kvm else { return nil }
    return slots[kvm]?.values.filter { $0.range.contains(uhva) }.map(\.unit).max()
  }
}

// What is known about the caches of a recording from one window to the next.

import KVMEvents

/// By VM and cache: the states that the cache can have now.
struct CarriedStates {
  private struct VM {
    var states: [Int32: Set<CarriedState>] = [:]
    /// Which invalidations concern a cache without operations of its own in a window.
    var byPage = PageIndex()
  }

  private var vms: [Int32: VM] = [:]

  /// Of a cache that never had a page: any will do.
  static let anyPage = UHVA(rawValue: pageSize)

  /// nil: not known.
  func states(of cache: Int32, in vm: Int32) -> Set<CarriedState>? { vms[vm]?.states[cache] }

  mutating func set(_ states: Set<CarriedState>?, of cache: Int32, in vm: Int32) {
    let former = vms[vm]?.states[cache]
    if former == states { return }
    let (formerPages, pages) = (Self.pages(of: former), Self.pages(of: states))
    for page in formerPages.subtracting(pages) { vms[vm]?.byPage.remove(Int(cache), at: page) }
    for page in pages.subtracting(formerPages) { vms[vm, default: VM()].byPage.insert(Int(cache), at: page) }
    vms[vm, default: VM()].states[cache] = states
  }

  /// Nothing is known about the VM's caches any more.
  mutating func forget(_ vm: Int32) { vms[vm] = nil }

  /// The known caches with a page in the range.
  func caches(of vm: Int32, in range: HVARange) -> [Int32] {
    vms[vm]?.byPage.numbers(in: range).map { Int32($0) } ?? []
  }

  private static func pages(of states: Set<CarriedState>?) -> Set<UHVA> {
    guard let states else { return [] }
    let pages = Set(states.compactMap(\.page?.page))
    return pages.isEmpty ? [anyPage] : pages
  }
}

// Which caches an invalidation may concern.

import KVMEvents
import Operations

/// The caches of VMs that have many, by the pages that an invalidation can change something about: the cache's own, the
/// mapped one, the one looked up last.
struct CachesByPage {
  /// Where a cache is in the index.
  private struct Place: Equatable {
    var vm: Int32 = 0
    var pages: [UHVA] = []
    /// Active, or not known to be inactive, over a page that is not known.
    var isAnywhere = false
  }

  private struct VM {
    var pages = PageIndex()
    var anywhere: Set<CacheNumber> = []
  }

  /// A list of so few is passed over faster.
  static let fewMax = 16

  private var vms: [Int32: VM] = [:]
  private var places: [CacheNumber: Place] = [:]

  /// - Returns: in the order of their numbers.
  func caches(of vm: Int32, in range: HVARange) -> [CacheNumber] {
    guard let vm = vms[vm] else { return [] }
    return Set(vm.pages.numbers(in: range)).union(vm.anywhere).sorted()
  }

  /// Takes over what has become of a cache.
  mutating func update(_ cache: CacheNumber, _ state: CacheState, _ judged: JudgedCache) {
    var place = Place()
    if let vm = state.vm {
      place.vm = vm.id
      for page in [state.page, judged.mapping?.page, judged.trail?.page] {
        if let page, !place.pages.contains(page) { place.pages.append(page) }
      }
      place.isAnywhere = state.uhva == nil && state.isActive != false
    }
    let former = places[cache] ?? Place()
    if former == place { return }
    for page in former.pages where former.vm != place.vm || !place.pages.contains(page) {
      vms[former.vm]?.pages.remove(cache, at: page)
    }
    if former.isAnywhere { vms[former.vm]?.anywhere.remove(cache) }
    for page in place.pages where former.vm != place.vm || !former.pages.contains(page) {
      vms[place.vm, default: VM()].pages.insert(cache, at: page)
    }
    if place.isAnywhere { vms[place.vm, default: VM()].anywhere.insert(cache) }
    places[cache] = place
  }
}

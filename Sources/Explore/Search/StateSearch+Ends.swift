// The states of a finished search's caches when all tasks are done.

import GPCProtocol
import KVMEvents

/// The first cache when all tasks are done.
struct EndState: Hashable {
  var cache: CarriedCache
  /// The model page of its uhva; nil: none.
  var page: Int?
  var isGPABased: Bool
}

extension StateSearch {
  /// The distinct ends among the states met.
  func endStates() -> Set<EndState> {
    var ends: Set<EndState> = []
    for index in 0..<states.count {
      let packed = states[index]
      let places = layout.places(packed)
      let isEnd = (0..<layout.taskCount).allSatisfy { isOver($0, places[$0]) }
      if isEnd { ends.insert(EndState(layout.unpack(packed), stepper.engine.rules)) }
    }
    return ends
  }

  private func isOver(_ task: Int, _ place: TaskPlaces.Place) -> Bool {
    stepper.timing?.isOver(task, place) ?? (place.step == .finished)
  }
}

extension EndState {
  /// Would a check say yes over a page that the uhva does not map to?
  func isWrong(_ rules: ProtocolRules) -> Bool {
    guard (cache.isActive || !rules.testsActive) && cache.valid else { return false }
    if cache.isKHVAUnmapped { return true }
    switch cache.page {
    case .current: return false
    case .freed: return true
    case .none: return !rules.usersTestKHVA
    }
  }

  init(_ state: borrowing ProtocolState, _ rules: ProtocolRules) {
    let fields = state.caches[0].fields
    let page: CarriedCache.Page =
      if fields.pfn.isError { .none } else if state.isStale(fields.pfn, at: fields.uhva) { .freed } else { .current }
    cache = CarriedCache(
      isActive: fields.active, valid: fields.valid,
      needsInvalidation: rules.hasNeedsInvalidation ? fields.needsInvalidation : nil, hasKHVA: fields.hasKHVA,
      isKHVAUnmapped: fields.isKHVAUnmapped, page: page)
    self.page = fields.uhva.isError ? nil : fields.uhva.pageIndex
    isGPABased = fields.isGPABased
  }
}

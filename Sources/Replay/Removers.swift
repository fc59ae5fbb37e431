// Which invalidations may have removed a page since its lookup: all that a witness needs of them (evidence, rule 21).

import KVMEvents
import Operations

/// The invalidations that remove mappings of one page and may have been open since a moment. Two are as good as many:
/// then there is no witness.
struct Removers {
  private(set) var only: InvalidationState?
  private(set) var areSeveral = false

  init() {}

  /// Those that the VM still holds; it holds all since the snapshot of a round that is open or not decided yet.
  init(of page: UHVA, since moment: Moment, in vm: VMState, _ order: MomentOrder) {
    for invalidation in vm.invalidations where !invalidation.surelyDown(before: moment, order) {
      meet(invalidation, page: page)
    }
  }

  mutating func meet(_ invalidation: InvalidationState, page: UHVA) {
    guard invalidation.removesMappings, invalidation.overlaps(page: page), only !== invalidation else { return }
    if only == nil { only = invalidation } else { areSeveral = true }
  }

  /// No other one.
  func areNone(but invalidation: InvalidationState) -> Bool {
    !areSeveral && (only == nil || only === invalidation)
  }
}

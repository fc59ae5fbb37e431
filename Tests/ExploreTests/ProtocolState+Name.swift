// States by name, for walks that keep no packed states.

import GPCProtocol
import KVMEvents

@testable import Explore

extension ProtocolState {
  /// All that a state is, in words of its own: seq and page names as differences, locks where the step does not tell
  /// them.
  func name(_ engine: ProtocolEngine) -> String {
    let state = self
    var name = "\(state.kvm.activeInvalidations) \(state.kvm.rangeStart) \(state.kvm.rangeEnd)"
    for cache in 0..<engine.cacheCount {
      let fields = state.caches[cache].fields
      // Where a task stands tells which locks it holds, but for v3.2, which goes around its inner loop with the lock it
      // left out before.
      name += " \(state.caches[cache].lock)"
      name +=
        " c\(fields.active) \(fields.valid) \(fields.needsInvalidation) \(fields.uhva) \(fields.hasKHVA) \(fields.isKHVAUnmapped)"
      let place = engine.setup.place(of: fields, engine.rules)
      name += " \(fields.pfn.isError) \(state.isStale(fields.pfn, at: place)) \(state.caches[cache].isListed)"
      let copy = state.caches[cache].copiedPFN
      name += " \(state.caches[cache].guestMode) \(copy.isError) \(state.isStale(copy, at: place))"
    }
    for task in 0..<engine.taskCount {
      let local = state.tasks[task]
      name += " t\(local.step) \(local.operation) \(local.range) \(local.walked) \(local.hasWaited) \(local.isWoken)"
      name +=
        " \(local.snapshot == state.kvm.invalidateSeq) \(local.newPFN.isError) \(local.isInWindow) \(local.keepsKHVA)"
      let place = engine.setup.place(of: state.caches[0].fields, engine.rules)
      name += " \(state.isStale(local.newPFN, at: place)) \(local.hasHandledEvents) \(local.hitGuests)"
    }
    return name
  }
}

// Everything that the steps of all tasks read and write, and the ghosts that only the invariants read.

import KVMEvents

/// The state of one VM, its caches and its tasks. A plain value of fixed size.
package struct ProtocolState: ProtocolStorage {
  package static let tasksMax = 8
  package static let cachesMax = 4
  package static let pagesMax = 6

  package var kvm = SharedKVM<SearchWidth>()
  package var caches = InlineArray<4, SharedCache<SearchWidth>>(repeating: SharedCache())
  package var tasks = InlineArray<8, TaskState<SearchWidth>>(repeating: TaskState())
  /// Ghost: which page each uhva maps to, as a name that grows with every zap. A pfn that carries an older name was
  /// freed.
  package var pageNames = InlineArray<6, UInt16>(repeating: 1)

  package init() {}

  package static func table(_ engine: ProtocolEngine) -> StepTable<ProtocolState> { engine.program.search }

  /// What a lookup of `uhva` finds now (faulting it in if need be).
  package func currentPFN(at uhva: UHVA) -> PFN { PFN.named(pageNames[uhva.pageIndex], page: uhva.pageIndex) }

  package mutating func freePages(in range: HVARange, by task: Int) {
    for page in 0..<Self.pagesMax where range.contains(UHVA.page(page)) { pageNames[page] += 1 }
  }
}

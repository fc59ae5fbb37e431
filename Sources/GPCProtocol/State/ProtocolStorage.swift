// What the engine's steps work on: the state of one VM, its caches and its tasks, however it is stored.

import KVMEvents

/// The steps are generic over this; each storage has its own entry points into the engine
/// (`ProtocolEngine+Search.swift`, `ProtocolEngine+Recording.swift`), so that they are specialised inside this module.
package protocol ProtocolStorage: Sendable {
  associatedtype Width: StateWidth

  /// The form's text, compiled for this storage.
  static func table(_ engine: ProtocolEngine) -> StepTable<Self>

  var kvm: SharedKVM<Width> { get set }
  subscript(cache index: Int) -> SharedCache<Width> { get set }
  subscript(task index: Int) -> TaskState<Width> { get set }

  /// What a lookup of `uhva` finds now (faulting it in if need be).
  func currentPFN(at uhva: UHVA) -> PFN
  /// Ghost: the mm unmaps and frees every page of `range`, between the hooks of the invalidation of `task`.
  mutating func freePages(in range: HVARange, by task: Int)
  /// Is `pfn` anything but a page that `uhva` maps to?
  func isStale(_ pfn: PFN, at uhva: UHVA) -> Bool

  func cacheCount(_ programs: CompiledPrograms) -> Int
  /// The first cache on the list, from this one on, that the walk of `task` comes to.
  mutating func nextWalked(from first: Int, by task: Int, _ programs: CompiledPrograms) -> Int?
  /// A lock is being dropped.
  mutating func noteDrop(of lock: Lock, _ cache: Int)
  func taskCount(_ programs: CompiledPrograms) -> Int
  /// The operation that `task` is in. It must not have finished.
  func operation(_ task: Int, _ programs: CompiledPrograms) -> CompiledOperation
  /// What its refresh asks for; nil where it does not refresh.
  func request(_ task: Int, _ programs: CompiledPrograms) -> RefreshRequest?
  /// The range that its invalidation chose.
  func chosenRange(_ task: Int, _ programs: CompiledPrograms) -> CompiledOperation.Range
  /// The operation is over: the task's locals are forgotten, so that equal states stay equal. True: it has another one.
  mutating func finishOperation(_ task: Int, _ programs: CompiledPrograms) -> Bool
}

extension ProtocolStorage {
  @inline(__always) package mutating func noteDrop(of lock: Lock, _ cache: Int) {}

  package func nextListed(from first: Int, _ programs: CompiledPrograms) -> Int? {
    let cacheCount = cacheCount(programs)
    var cache = first
    while cache < cacheCount && !self[cache: cache].isListed { cache += 1 }
    return cache < cacheCount ? cache : nil
  }

  package mutating func nextWalked(from first: Int, by task: Int, _ programs: CompiledPrograms) -> Int? {
    nextListed(from: first, programs)
  }

  package func isStale(_ pfn: PFN, at uhva: UHVA) -> Bool {
    uhva.isError || pfn != currentPFN(at: uhva)
  }
}

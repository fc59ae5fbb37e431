// A VM's state while a recording is re-timed: any number of caches and tasks, real addresses, operations that
// come and go.

import KVMEvents

/// The second storage of the engine. A task is a slot that one operation after the other is put into; a finished one is
/// free again.
package struct RecordingState: ProtocolStorage {
  /// What a slot is busy with.
  private struct Slot {
    var operation: CompiledOperation
    var request: RefreshRequest?
    var range: CompiledOperation.Range?
    var isFree: Bool
    /// Of an invalidation: when its pages began to be unmapped.
    var unmappedAt: UInt64?
  }

  package var kvm = SharedKVM<RecordingWidth>()
  package private(set) var caches: [SharedCache<RecordingWidth>] = []
  package private(set) var tasks: [TaskState<RecordingWidth>] = []
  private var slots: [Slot] = []
  private var freeSlots: [Int] = []
  private var pages = PageNames()

  package init() {}

  package static func table(_ engine: ProtocolEngine) -> StepTable<RecordingState> {
    guard let table = engine.recording else { fatalError("the engine of a search drives a recording") }
    return table
  }

  package subscript(cache index: Int) -> SharedCache<RecordingWidth> {
    @inline(__always) get { caches[index] }
    @inline(__always) _modify { yield &caches[index] }
  }

  package subscript(task index: Int) -> TaskState<RecordingWidth> {
    @inline(__always) get { tasks[index] }
    @inline(__always) _modify { yield &tasks[index] }
  }

  package func currentPFN(at uhva: UHVA) -> PFN { pages.pfn(at: uhva) }

  /// The pages of the range are being unmapped, at a time that no recording shows: a lookup from now on is
  /// taken to find what comes after it, so that only what was looked up before is gone when they are freed.
  package mutating func unmapPages(by task: Int) {
    guard let range = slots[task].range, range.freesPages else { return }
    slots[task].unmappedAt = pages.rename(range.range)
  }

  /// Those that were looked up before `unmapPages`; without it, before this.
  package mutating func freePages(in range: HVARange, by task: Int) {
    let time = slots[task].unmappedAt ?? pages.rename(range)
    pages.free(range, before: time)
  }

  package func isStale(_ pfn: PFN, at uhva: UHVA) -> Bool { uhva.isError || pages.isFreed(pfn, at: uhva) }

  package func cacheCount(_ programs: CompiledPrograms) -> Int { caches.count }

  package func taskCount(_ programs: CompiledPrograms) -> Int { tasks.count }

  package func operation(_ task: Int, _ programs: CompiledPrograms) -> CompiledOperation { slots[task].operation }

  package func request(_ task: Int, _ programs: CompiledPrograms) -> RefreshRequest? { slots[task].request }

  package func chosenRange(_ task: Int, _ programs: CompiledPrograms) -> CompiledOperation.Range {
    guard let range = slots[task].range else { fatalError("slot \(task) does not invalidate") }
    return range
  }

  package mutating func finishOperation(_ task: Int, _ programs: CompiledPrograms) -> Bool {
    tasks[task] = TaskState()
    return false
  }

  // MARK: Caches

  /// A cache that is not active yet.
  package mutating func addCache() -> Int {
    caches.append(SharedCache())
    return caches.count - 1
  }

  /// The cache as the recording shows it, first or after a gap: active over `uhva`, and valid over what that maps to,
  /// or not.
  package mutating func adopt(_ cache: Int, gpa: GPA, uhva: UHVA, isValid: Bool, _ rules: ProtocolRules) {
    caches[cache].isListed = true
    caches[cache].fields = GfnToPfnCache()
    caches[cache].fields.active = true
    caches[cache].fields.gpa = gpa
    caches[cache].fields.uhva = uhva
    guard isValid && !uhva.isError else { return }
    track(uhva)
    caches[cache].fields.retryLoopTop(rules)
    caches[cache].fields.valid = true
    caches[cache].fields.pfn = currentPFN(at: uhva)
    caches[cache].fields.hasKHVA = true
  }

  // MARK: Slots

  /// Puts an operation into a free slot.
  mutating func occupy(
    _ operation: CompiledOperation, _ request: RefreshRequest?, _ range: CompiledOperation.Range?
  ) -> Int {
    if let resolved = request?.resolved, !resolved.isError { track(resolved) }
    let slot = Slot(operation: operation, request: request, range: range, isFree: false)
    guard let task = freeSlots.popLast() else {
      slots.append(slot)
      tasks.append(TaskState())
      return slots.count - 1
    }
    slots[task] = slot
    return task
  }

  /// What the refresh in this slot asks for, where the memslots may have changed since it was begun: they are looked at
  /// under `gpc->lock`.
  package mutating func renew(_ request: RefreshRequest, in task: Int) {
    if !request.resolved.isError { track(request.resolved) }
    slots[task].request = request
  }

  /// The operation in this slot is over, and its driver has seen that.
  package mutating func vacate(_ task: Int) {
    precondition(!slots[task].isFree && tasks[task].step == .finished, "slot \(task) is vacated while it is busy")
    slots[task].isFree = true
    freeSlots.append(task)
  }

  // MARK: Locks

  /// Who holds `lock` for itself alone. Readers wait for nothing.
  func holder(of lock: ProtocolEngine.LockName) -> Int? {
    let held =
      switch lock {
      case .invalidate: kvm.invalidateLock
      case .list: kvm.listLock
      case .mmu: kvm.mmuLock
      case .refresh(let cache): caches[cache].refreshLock
      case .read(let cache), .write(let cache): caches[cache].lock.writer
      case .guest(let cache): caches[cache].guestMode
      }
    return held.isFree ? nil : Int(held.holder) - 1
  }

  mutating func releaseLocks(of task: Int, _ cache: Int) {
    if holder(of: .invalidate) == task { kvm.invalidateLock.release(task) }
    if holder(of: .list) == task { kvm.listLock.release(task) }
    if holder(of: .mmu) == task { kvm.mmuLock.release(task) }
    if holder(of: .refresh(cache)) == task { caches[cache].refreshLock.release(task) }
    if holder(of: .write(cache)) == task { caches[cache].lock.writer.release(task) }
  }

  /// A page gets its name before it is looked up. Pages of no cache are dropped now and then.
  private mutating func track(_ uhva: UHVA) {
    if pages.count > 2 * (caches.count + slots.count) + 64 {
      pages.forget { page in
        !caches.contains { $0.fields.uhva.page == page }
          && !slots.contains { !$0.isFree && $0.request?.resolved.page == page }
      }
    }
    pages.track(uhva)
  }
}

extension RefreshRequest {
  /// The uhva that it leads to.
  var resolved: UHVA {
    switch self {
    case .gpa(_, let resolved, _): resolved
    case .uhva(let uhva): uhva
    }
  }
}

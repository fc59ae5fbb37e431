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
    var walk = WalkOrder()
  }

  package var kvm = SharedKVM<RecordingWidth>()
  package private(set) var caches: [SharedCache<RecordingWidth>] = []
  package private(set) var tasks: [TaskState<RecordingWidth>] = []
  private var slots: [Slot] = []
  private var freeSlots: [Int] = []
  private var pages = PageNames()
  /// The locks dropped since they were last taken from here; only where `walked` is there.
  private var dropped: [ProtocolEngine.LockName] = []
  /// nil: a walk comes to every cache on the list.
  private var walked: WalkIndex?

  /// - Parameter walksHitsAlone: walks pass over the caches that they miss and need not wait for; their steps there do
  /// nothing. Else caches times invalidations.
  package init(walksHitsAlone: Bool = false) { walked = walksHitsAlone ? WalkIndex() : nil }

  package static func table(_ engine: ProtocolEngine) -> StepTable<RecordingState> {
    guard let table = engine.recording else { fatalError("the engine of a search drives a recording") }
    return table
  }

  package subscript(cache index: Int) -> SharedCache<RecordingWidth> {
    @inline(__always) get { caches[index] }
    @inline(__always) _modify {
      yield &caches[index]
      walked?.update(index, caches[index])
    }
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

  package mutating func nextWalked(from first: Int, by task: Int, _ programs: CompiledPrograms) -> Int? {
    guard let walked, let range = slots[task].range?.range else { return nextListed(from: first, programs) }
    return walked.next(from: first, in: range, &slots[task].walk)
  }

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
    walked?.update(cache, caches[cache])
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

  package mutating func noteDrop(of lock: Lock, _ cache: Int) {
    if walked != nil { dropped.append(ProtocolEngine.LockName(lock, cache).ofWhoeverHoldsIt) }
  }

  /// The locks dropped since the last call, as often as they were; only with `walksHitsAlone`.
  package mutating func takeDropped() -> [ProtocolEngine.LockName] {
    defer { dropped.removeAll(keepingCapacity: true) }
    return dropped
  }

  mutating func releaseLocks(of task: Int, _ cache: Int) {
    for lock: Lock in [.invalidate, .list, .mmu, .refresh, .write] { noteDrop(of: lock, cache) }
    if holder(of: .invalidate) == task { kvm.invalidateLock.release(task) }
    if holder(of: .list) == task { kvm.listLock.release(task) }
    if holder(of: .mmu) == task { kvm.mmuLock.release(task) }
    if holder(of: .refresh(cache)) == task { caches[cache].refreshLock.release(task) }
    if holder(of: .write(cache)) == task { caches[cache].lock.writer.release(task) }
  }

  /// A page gets its name before it is looked up. Pages of no cache are dropped now and then.
  private mutating func track(_ uhva: UHVA) {
    if pages.count > 2 * (caches.count + slots.count) + 64 {
      var used = Set(caches.map(\.fields.uhva.page))
      for slot in slots where !slot.isFree { used.formUnion([slot.request?.resolved.page].compactMap(\.self)) }
      pages.forget { !used.contains($0) }
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

// What one thread is in the middle of.

import KVMEvents

/// A check whose return is awaited.
struct CheckState {
  let id: Int64
  let cache: CacheNumber
  let task: TaskID
  let entry: Moment
  /// The checks' other conditions, read under the lock with it: active, generation, length; nil where a field is missing.
  let othersHold: Bool?
  let recordedValid: Bool?
  let uhva: UHVA?
  /// It runs on top of a refresh (or the wait for one), a hook or another check of its thread.
  let isNested: Bool
  var isTainted: Bool
}

/// The replay's number of a thread.
typealias ThreadNumber = Int

/// One thread (one idle task per CPU). Interrupts run on top of it: a check can nest in anything, a refresh or a hook cannot.
struct ThreadState {
  /// A request (`kvm_gpc_refresh`, `kvm_gpc_activate`) that has not reached its refresh yet.
  var request: (cache: CacheNumber, origin: Refresh.Origin, moment: Moment)?
  var refresh: RefreshSlot?
  var checks: [CheckState] = []
  /// The invalidations whose hooks this thread is in or between, with their VMs: start(A) start(B) end(A) end(B) for two VMs in one mm.
  var hooks: [(vm: VMState, invalidation: InvalidationState)] = []
  /// The count that the thread's last event recorded, if it can prove something.
  var recordedCount: RecordedCount?
  /// The VM whose memslots `__kvm_set_memory_region()` is changing.
  var memoryRegionVM: VMState?
  /// A `gpc_deactivate` whose return is awaited.
  var deactivating: (cache: CacheNumber, moment: Moment)?

  /// The CPU of its last event.
  var lastCPU: Int32 = -1
  /// The CPUs that dropped events since its last event.
  private var gapCPUs: [Int32] = []
  /// Whether there are any; apart from them, since every event asks for it.
  private var hasGaps = false

  /// What it does now is an interrupt's doing.
  var isInside: Bool { request != nil || refresh != nil || !hooks.isEmpty || !checks.isEmpty }

  /// `run(on:)` has something to do: mostly the thread is where it was.
  @inline(__always)
  func moves(to cpu: Int32) -> Bool { lastCPU != cpu || hasGaps }

  /// It runs on this CPU now. True where that one dropped events in between: some of them may have been the thread's own.
  @inline(__always)
  mutating func run(on cpu: Int32) -> Bool {
    defer { lastCPU = cpu }
    guard hasGaps else { return false }
    defer {
      gapCPUs.removeAll()
      hasGaps = false
    }
    return gapCPUs.contains(cpu)
  }

  /// A CPU dropped events. True where its own may be among them: it was on that CPU before the gap. They may be, too, if it is behind it.
  mutating func meetGap(on cpu: Int32) -> Bool {
    if lastCPU == cpu { return true }
    gapCPUs.append(cpu)
    hasGaps = true
    return false
  }
}

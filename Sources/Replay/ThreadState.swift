// What one thread is in the middle of.

import KVMEvents

/// A check whose return is awaited.
struct CheckState {
  let id: Int64
  let cache: CacheState
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

/// One thread (one idle task per CPU). Interrupts run on top of it: a check can nest in anything, a refresh or a hook cannot.
final class ThreadState {
  let index: Int32
  /// A request (`kvm_gpc_refresh`, `kvm_gpc_activate`) that has not reached its refresh yet.
  var request: (cache: CacheState, origin: Refresh.Origin, moment: Moment)?
  var refresh: RefreshState?
  var checks: [CheckState] = []
  /// The invalidations whose hooks this thread is in or between, with their VMs: start(A) start(B) end(A) end(B) for two VMs in one mm.
  var hooks: [(vm: VMState, invalidation: InvalidationState)] = []
  /// The count that the thread's last event recorded, if it can prove something.
  var recordedCount: RecordedCount?
  /// The VM whose memslots `__kvm_set_memory_region()` is changing.
  var memoryRegionVM: VMState?
  /// A `gpc_deactivate` whose return is awaited.
  var deactivating: (cache: CacheState, moment: Moment)?

  /// The CPU of its last event.
  var lastCPU: Int32 = -1
  /// The CPUs that dropped events since its last event.
  private var gapCPUs: [Int32] = []
  /// Whether there are any; apart from them, since every event asks for it.
  private var hasGaps = false

  init(index: Int32) {
    self.index = index
  }

  /// What it does now is an interrupt's doing.
  var isInside: Bool { request != nil || refresh != nil || !hooks.isEmpty || !checks.isEmpty }

  /// It runs on this CPU now: where that one dropped events in between, some of them may have been the thread's own.
  @inline(__always)
  func run(on cpu: Int32) {
    if hasGaps {
      if gapCPUs.contains(cpu) { tear() }
      gapCPUs.removeAll()
      hasGaps = false
    }
    lastCPU = cpu
  }

  /// A CPU dropped events: its own may be among them only if it was on that CPU before the gap, or is behind it.
  func meetGap(on cpu: Int32) {
    if lastCPU == cpu { return tear() }
    gapCPUs.append(cpu)
    hasGaps = true
  }

  /// Events of its own may be missing from what it is in the middle of.
  func tear() {
    refresh?.round?.isTorn = true
    refresh?.isTorn = true
  }
}

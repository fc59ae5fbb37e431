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
  /// The VM whose count was recorded as 0 by the thread's last event: proof that nothing of it is in flight before the next one.
  var countOfZero: (vm: VMState, at: Moment)?
  /// The VM whose memslots `__kvm_set_memory_region()` is changing.
  var memoryRegionVM: VMState?
  /// A `gpc_deactivate` whose return is awaited.
  var deactivating: (cache: CacheState, moment: Moment)?

  init(index: Int32) {
    self.index = index
  }
}

// What one thread is in the middle of.

import KVMEvents

/// A thread's number: its place among all.
package typealias ThreadNumber = Int

/// One thread (one idle task per CPU). Interrupts run on top of it: a check can nest in anything, a refresh or a hook
/// cannot.
struct ThreadState {
  /// A request (`kvm_gpc_refresh`, `kvm_gpc_activate`) that has not reached its refresh yet.
  var request: (cache: CacheNumber, task: TaskID, origin: Refresh.Origin, moment: Moment)?
  var refresh: RefreshSlot?
  var checks: [CheckState] = []
  /// The invalidations whose hooks this thread is in or between: start(A) start(B) end(A) end(B) for two VMs in one mm.
  var hooks: [InvalidationState] = []
  /// A start hook whose entry is not recorded has returned: what it began was up by then.
  var unpairedStartRet: Moment?
  /// The count that the thread's last event recorded, if it can prove something.
  var recordedCount: RecordedCount?
  /// The VM whose memslots `__kvm_set_memory_region()` is changing.
  var memoryRegionVM: VMState?
  /// A `gpc_deactivate` whose return is awaited.
  var deactivating: (cache: CacheNumber, task: TaskID, moment: Moment)?

  /// What it does now is an interrupt's doing.
  var isInside: Bool { request != nil || refresh != nil || !hooks.isEmpty || !checks.isEmpty }
}

// The operations that one thread is in.

import KVMEvents
import Results

/// A thread's number: its position among all.
package typealias ThreadNumber = Int

/// One thread (one idle task per CPU). Interrupts run on top of it: a check can nest in anything, a refresh or a hook
/// cannot.
struct ThreadState {
  /// `kvm_gpc_refresh()`, `kvm_gpc_activate()`.
  struct Request {
    let cache: CacheNumber
    let task: TaskID
    let origin: Refresh.Origin
    let moment: Moment
    /// Its refresh is over: only its own return is still to come.
    var isAnswered = false
    var isActivation: Bool { origin == .activate || origin == .activateHva }
  }

  /// It had an event since the last gap.
  var isTouched = false
  /// The request that has not returned yet.
  var request: Request?
  var refresh: RefreshSlot?
  var checks: [CheckState] = []
  /// The invalidations whose hooks this thread is in or between: start(A) start(B) end(A) end(B) for two VMs in one mm.
  var hooks: [InvalidationState] = []
  /// A start hook without a recorded entry has returned: its invalidation was up by then.
  var unpairedStartRet: Moment?
  /// The count that the thread's last event recorded, if it can prove something.
  var recordedCount: RecordedCount?
  /// `__kvm_set_memory_region()`: the VM whose memslots it is changing, and its entry.
  var memoryRegion: (vm: VMState, entry: EventID)?
  /// A `gpc_deactivate` that has not returned yet.
  var deactivating: (cache: CacheNumber, task: TaskID, moment: Moment)?

  /// A request that has not reached its refresh yet.
  var openRequest: Request? { request.flatMap { $0.isAnswered ? nil : $0 } }

  /// Its current events are an interrupt's.
  var isInside: Bool { openRequest != nil || refresh != nil || !hooks.isEmpty || !checks.isEmpty }
}

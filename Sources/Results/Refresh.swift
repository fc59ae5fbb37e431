// One refresh of a cache; a row of the table `refresh`.

import KVMEvents

/// One run of `__kvm_gpc_refresh()` (6.1: `kvm_gfn_to_pfn_cache_refresh()`).
package struct Refresh: Sendable {
  /// What requested it.
  package enum Origin: String, Sendable {
    case refresh, activate
    case activateHva = "activate_hva"
    /// The request is not in the recording.
    case unknown
  }

  package enum Outcome: String, Sendable {
    /// The mapping was kept: no round of the retry loop.
    case kept
    /// A round was accepted.
    case mapped
    /// It returned an error.
    case failed
    /// Its return is not in the recording.
    case unfinished
    /// It returned 0, but the probes do not show whether a round was accepted.
    case unknown
  }

  package let id: Int64
  package let vm: Int32?
  package let cache: Int32
  package let task: TaskID
  package let origin: Origin
  package let outcome: Outcome
  /// Entry of the request (`kvm_gpc_refresh`, `kvm_gpc_activate`), if recorded.
  package let requestEvent: EventID?
  /// Entry of the refresh itself; nil: before the recording, or lost.
  package let entryEvent: EventID?
  package let returnEvent: EventID?
  package let ret: Int64?
  package let roundCount: Int32
  package let necessaryCount: Int32
  package let falseCount: Int32
  package let undecidedCount: Int32
  /// From the first top of the retry loop to the last, in nanoseconds.
  package let stallNs: Int64
  /// The part of the stall spent in rounds repeated for a `false` cause.
  package let falseNs: Int64
  /// From the request to the refresh: waiting for `refresh_lock`, in nanoseconds; nil if the request is not recorded.
  package let lockWaitNs: Int64?
  /// From the refresh's entry to its return, in nanoseconds.
  package let durationNs: Int64?

  package init(
    id: Int64, vm: Int32?, cache: Int32, task: TaskID, origin: Origin, outcome: Outcome, requestEvent: EventID?,
    entryEvent: EventID?, returnEvent: EventID?, ret: Int64?, roundCount: Int32, necessaryCount: Int32,
    falseCount: Int32, undecidedCount: Int32, stallNs: Int64, falseNs: Int64, lockWaitNs: Int64?, durationNs: Int64?
  ) {
    self.id = id
    self.vm = vm
    self.cache = cache
    self.task = task
    self.origin = origin
    self.outcome = outcome
    self.requestEvent = requestEvent
    self.entryEvent = entryEvent
    self.returnEvent = returnEvent
    self.ret = ret
    self.roundCount = roundCount
    self.necessaryCount = necessaryCount
    self.falseCount = falseCount
    self.undecidedCount = undecidedCount
    self.stallNs = stallNs
    self.falseNs = falseNs
    self.lockWaitNs = lockWaitNs
    self.durationNs = durationNs
  }
}

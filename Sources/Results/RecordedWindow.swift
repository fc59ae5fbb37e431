// A section of one VM's recording between two quiet points.

import KVMEvents

/// What happened in a VM from one quiet point to the next: at both, no invalidation is open and no refresh,
/// deactivation or check is in progress, and everything before a quiet point is certainly before everything after it.
///
/// The windows of a VM come in order, and every operation of the VM with a recorded end is in one of them.
package struct RecordedWindow: Sendable {
  /// Why nothing can be concluded from a window.
  package enum Doubt: String, CaseIterable, Sendable {
    /// Events were dropped while it lasted.
    case lostEvents = "lost_events"
    /// Something in it began before the recording, or did not end in it.
    case incomplete
    /// A probe is missing: hook returns, the walk, or lookups.
    case missingProbe = "missing_probe"
    /// More operations than the limit.
    case tooLong = "too_long"
  }

  package let vm: Int32
  /// By the ids of the moments they begin at.
  package let operations: [RecordedOperation]
  /// nil: all of its events are there.
  package let doubt: Doubt?

  package init(vm: Int32, operations: [RecordedOperation], doubt: Doubt?) {
    self.vm = vm
    self.operations = operations
    self.doubt = doubt
  }
}

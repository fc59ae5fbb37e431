// A section of a recording excluded for all forms; a row of the table `left_out_window`.

import KVMEvents

/// One or more windows of a VM about which nothing can be concluded. What happened there counts neither for the
/// recorded kernel nor for any form.
package struct LeftOutWindow: Sendable {
  package let vm: Int32
  /// The first event that is excluded: after the last operation of the window before it.
  package let firstEvent: EventID
  /// Before the first operation of the window after it; `.max`: to the end.
  package var lastEvent: EventID
  /// Of its first window.
  package let doubt: RecordedWindow.Doubt
  package var windowCount: Int64

  package init(
    vm: Int32, firstEvent: EventID, lastEvent: EventID, doubt: RecordedWindow.Doubt, windowCount: Int64
  ) {
    self.vm = vm
    self.firstEvent = firstEvent
    self.lastEvent = lastEvent
    self.doubt = doubt
    self.windowCount = windowCount
  }
}

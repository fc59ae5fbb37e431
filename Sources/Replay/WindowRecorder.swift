// Gathers the operations of each VM into windows between quiet points.

import KVMEvents

/// The window that a VM is in. Operations come when they end; a window ends when the next busy stretch begins.
struct OpenWindow {
  /// Operations that have ended, by their ends.
  private var ended: [RecordedOperation] = []
  private var doubt: RecordedWindow.Doubt?
  /// Invalidations, refreshes and deactivations under way.
  private var busyCount = 0
  /// The latest time at which one of those ended.
  private var busyUntil = Int64.min
  private var isTooLong = false

  /// More than any window of a recording met so far has; beyond it a window is not kept.
  private static let operationsMax = 65_536

  /// An invalidation, a refresh or a deactivation begins. Returns the window that is over by that, if one is.
  mutating func beginBusy(vm: Int32, at moment: Moment, deltaNs: Int64) -> RecordedWindow? {
    defer { busyCount += 1 }
    guard busyCount == 0, busyUntil != .min, busyUntil &+ deltaNs < moment.time else { return nil }
    // A check that may still have been running then belongs to what begins now.
    let isOver = ended.partition { $0.end.time &+ deltaNs < moment.time }
    let over = Array(ended[isOver...])
    let window = close(vm: vm, over)
    ended.removeSubrange(isOver...)
    return window
  }

  mutating func endBusy(at moment: Moment) {
    // What began before the recording ends without having begun.
    busyCount = max(0, busyCount - 1)
    busyUntil = max(busyUntil, moment.time)
  }

  mutating func add(_ operation: RecordedOperation) {
    guard ended.count < Self.operationsMax else {
      isTooLong = true
      return
    }
    ended.append(operation)
  }

  mutating func cast(_ new: RecordedWindow.Doubt) { doubt = doubt ?? new }

  /// The recording, or the VM, is over.
  mutating func finish(vm: Int32) -> RecordedWindow? {
    if busyCount > 0 { cast(.incomplete) }
    defer { self = OpenWindow() }
    return ended.isEmpty && doubt == nil ? nil : close(vm: vm, ended)
  }

  private mutating func close(vm: Int32, _ operations: [RecordedOperation]) -> RecordedWindow {
    let reason = isTooLong ? .tooLong : doubt
    doubt = nil
    isTooLong = false
    return RecordedWindow(vm: vm, operations: operations.sorted { $0.begin.id < $1.begin.id }, doubt: reason)
  }
}

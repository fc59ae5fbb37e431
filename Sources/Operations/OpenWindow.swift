// Gathers the operations of each VM into windows between quiet points.

import KVMEvents
import Results

/// The current window of a VM. Operations come when they end; a window ends when the next busy period begins.
struct OpenWindow {
  /// A window that is over.
  private struct Held {
    var window: RecordedWindow
    let busyUntil: Int64
  }

  /// Operations that have ended, by their ends.
  private var ended: [RecordedOperation] = []
  private var doubt: RecordedWindow.Doubt?
  /// Invalidations, refreshes and deactivations in progress.
  private var busyCount = 0
  /// The latest time at which one of those ended.
  private var busyUntil = Int64.min
  private var isTooLong = false
  /// The last windows. A refresh that is entered after them may have been requested during one of these, and waited:
  /// then there was no quiet point from there on. Only the entry shows this; a request may also be rejected before it.
  private var held: [Held] = []

  /// More than in any window of a recording seen so far; a larger window is not kept.
  private static let operationsMax = 65_536
  /// Windows further back are not reopened.
  private static let heldMax = 16

  /// An invalidation, a refresh or a deactivation begins. Returns the windows that are over because of it.
  /// - Parameter request: when a refresh was requested: since then it is in progress.
  mutating func beginBusy(
    vm: Int32, at moment: Moment, since request: Moment?, deltaNs: Int64
  ) -> [RecordedWindow] {
    defer { busyCount += 1 }
    let begin = request?.time ?? moment.time
    if request != nil { reopen(from: begin, deltaNs: deltaNs) }
    guard busyCount == 0, busyUntil != .min, busyUntil &+ deltaNs < begin else { return [] }
    // A check that may still have been running then belongs to the new window.
    let isOver = ended.partition { $0.end.time &+ deltaNs < begin }
    let over = Array(ended[isOver...])
    let window = close(vm: vm, over)
    ended.removeSubrange(isOver...)
    return hold(window)
  }

  mutating func endBusy(at moment: Moment) {
    // What began before the recording ends without a begin.
    busyCount = max(0, busyCount - 1)
    busyUntil = max(busyUntil, moment.time)
  }

  /// - Returns: whether it is kept.
  mutating func add(_ operation: RecordedOperation) -> Bool {
    guard ended.count < Self.operationsMax else {
      isTooLong = true
      return false
    }
    ended.append(operation)
    return true
  }

  mutating func cast(_ new: RecordedWindow.Doubt) { doubt = doubt ?? new }

  var isEmpty: Bool { ended.isEmpty && held.isEmpty }

  /// Returns the windows that are over, and drops what the current one has so far.
  mutating func giveUp() -> [RecordedWindow] {
    isTooLong = true
    ended = []
    defer { held.removeAll() }
    return held.map(\.window)
  }

  /// The recording, or the VM, is over.
  mutating func finish(vm: Int32) -> [RecordedWindow] {
    if busyCount > 0 { cast(.incomplete) }
    defer { self = OpenWindow() }
    let last = ended.isEmpty && doubt == nil ? [] : [close(vm: vm, ended)]
    return held.map(\.window) + last
  }

  private mutating func close(vm: Int32, _ operations: [RecordedOperation]) -> RecordedWindow {
    let reason = isTooLong ? .tooLong : doubt
    doubt = nil
    isTooLong = false
    return RecordedWindow(vm: vm, operations: operations.sorted { $0.begin.id < $1.begin.id }, doubt: reason)
  }

  // MARK: Windows that may not be over

  /// Returns those that are over for good: nothing extends across a window about which nothing is known.
  private mutating func hold(_ window: RecordedWindow) -> [RecordedWindow] {
    guard window.doubt == nil else {
      defer { held.removeAll() }
      return held.map(\.window) + [window]
    }
    held.append(Held(window: window, busyUntil: busyUntil))
    return held.count > Self.heldMax ? [held.removeFirst().window] : []
  }

  /// Something was in progress from `begin` on: what is not certainly over before that is part of the current window.
  private mutating func reopen(from begin: Int64, deltaNs: Int64) {
    guard doubt == nil, !isTooLong else { return }
    while let last = held.last, last.busyUntil &+ deltaNs >= begin,
      ended.count + last.window.operations.count <= Self.operationsMax
    {
      ended += last.window.operations
      held.removeLast()
    }
    // Of the next only checks may extend so far.
    guard let last = held.last, last.busyUntil &+ deltaNs < begin else { return }
    let late = last.window.operations.filter { $0.end.time &+ deltaNs >= begin }
    if late.isEmpty { return }
    ended += late
    let before = last.window.operations.filter { $0.end.time &+ deltaNs < begin }
    held[held.count - 1].window = RecordedWindow(vm: last.window.vm, operations: before, doubt: nil)
  }
}

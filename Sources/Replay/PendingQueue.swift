// The decisions that wait for their evidence, the first settled first.

import KVMEvents
import Operations

/// A queue in the order of the events that settled the decisions.
struct PendingQueue {
  private var items: [PendingDecision] = []
  private var head = 0

  /// Filled only by stamps that jump ahead or back by far more than clocks can differ; then the order of the lines has
  /// to do.
  private static let waitingMax = 65_536

  /// When the first one was settled; kept outside the queue, since every event reads it.
  private var firstSettled: Int64?

  var count: Int { items.count - head }

  mutating func append(_ decision: PendingDecision) {
    if firstSettled == nil { firstSettled = decision.settled.time }
    items.append(decision)
  }

  /// The first one, if it was settled more than `deltaNs` before `time`.
  @inline(__always)
  mutating func popFirst(settledBefore time: Int64, deltaNs: Int64) -> PendingDecision? {
    guard let firstSettled, firstSettled &+ deltaNs < time || items.count - head > Self.waitingMax else { return nil }
    return popFirst()
  }

  mutating func popFirst() -> PendingDecision? {
    guard head < items.count else { return nil }
    let first: PendingDecision
    if head + 1 == items.count {
      first = items.removeLast()
      if head > 0 { items.removeAll(keepingCapacity: true) }
      head = 0
    } else {
      first = items[head]
      head += 1
      if head > 1024 && head > items.count / 2 {
        items.removeSubrange(..<head)
        head = 0
      }
    }
    firstSettled = head < items.count ? items[head].settled.time : nil
    return first
  }

  /// The earliest time that the waiting tests look back to.
  func oldestSnapshot(_ rounds: borrowing SlotTable<RoundState>) -> Int64? {
    var oldest: Int64?
    for index in head..<items.count {
      if case .test(let test) = items[index] { oldest = min(oldest ?? .max, rounds[test.round].snapshotLow.time) }
    }
    return oldest
  }

  /// Events were dropped before what is waiting could be decided.
  /// - Parameter meetLoss: takes the rounds that wait.
  mutating func taint(after gap: EventID, _ meetLoss: (RoundSlot) -> Void) {
    items.removeSubrange(..<head)
    head = 0
    for index in items.indices where items[index].settled.id > gap {
      switch items[index] {
      case .test(let test): meetLoss(test.round)
      case .check(var check):
        check.meetsLoss = true
        items[index] = .check(check)
      case .refresh: break
      }
    }
  }
}

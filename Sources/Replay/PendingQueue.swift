// The decisions that wait for their evidence, first settled first.

import KVMEvents

/// A queue in the order of the events that settled the decisions.
struct PendingQueue {
  private var items: [PendingDecision] = []
  private var head = 0

  var count: Int { items.count - head }

  var first: PendingDecision? { head < items.count ? items[head] : nil }

  mutating func append(_ decision: PendingDecision) { items.append(decision) }

  mutating func removeFirst() {
    head += 1
    if head == items.count {
      items.removeAll(keepingCapacity: true)
      head = 0
    } else if head > 1024 {
      items.removeSubrange(..<head)
      head = 0
    }
  }

  mutating func popFirst() -> PendingDecision? {
    guard let first else { return nil }
    removeFirst()
    return first
  }

  /// The earliest moment that the waiting tests look back to.
  var oldestSnapshot: Moment? {
    items[head...].lazy.compactMap {
      if case .test(let test) = $0 { test.round.snapshotLow } else { nil }
    }.min { $0.time < $1.time }
  }

  /// Events were dropped before what is waiting could be decided.
  mutating func taint(after gap: EventID) {
    items.removeSubrange(..<head)
    head = 0
    items.removeAll {
      if case .count = $0 { true } else { false }
    }
    for index in items.indices where items[index].settled.id > gap { items[index].taint() }
  }
}

extension PendingDecision {
  mutating func taint() {
    switch self {
    case .test(var test):
      test.round.meetsLoss = true
      self = .test(test)
    case .check(var check):
      check.state.isTainted = true
      self = .check(check)
    case .count, .refresh: break
    }
  }
}

// What `gpc->valid` can have been: changes that are known only as intervals.

import KVMEvents

/// The values of one flag over time, as far as the recording shows them.
struct ValidityHistory {
  /// A change to `value` somewhere after `low` and before `high` (nil: not known to have happened yet).
  private struct Change {
    /// The event that announced it.
    let id: EventID
    var low: Moment
    var high: Moment?
    let value: Bool
    /// A change to the other value that is over may have followed it.
    var mayBeOver = false
  }

  /// The values a flag can have had at a moment of some interval.
  struct Possible {
    var canBeTrue = false
    var canBeFalse = false
    /// Nothing is known: no value was recorded yet, or events were lost since.
    var isUnknown = false

    mutating func insert(_ value: Bool) {
      if value { canBeTrue = true } else { canBeFalse = true }
    }
  }

  private var base: Bool?
  private var since: Moment?
  private var changes: [Change] = []
  /// More than a cache can have between two checks in any recording seen so far; older ones are folded into the base.
  private static let changesMax = 16

  /// Forgets everything: events were lost.
  mutating func forget() {
    self = ValidityHistory()
  }

  /// The value before this moment is not known any more; changes that may still come stay.
  mutating func forget(before moment: Moment, _ order: MomentOrder) {
    (base, since) = (nil, nil)
    changes.removeAll { order.surely($0.high, before: moment) }
  }

  /// A value that was read under `gpc->lock`, exact from `moment` on.
  mutating func record(_ value: Bool, at moment: Moment, _ order: MomentOrder) {
    base = value
    since = moment
    let over = changes.filter { $0.value == value && order.surely($0.high, before: moment) }
    changes.removeAll { order.surely($0.high, before: moment) }
    for index in changes.indices where over.contains(where: { !order.surely($0.high, before: changes[index].low) }) {
      changes[index].mayBeOver = true
    }
    // If all remaining changes set the other value, and nothing can have changed it back, none of them has happened
    // yet.
    if changes.allSatisfy({ $0.value != value && !$0.mayBeOver }) {
      for index in changes.indices where order.surely(changes[index].low, before: moment) {
        changes[index].low = moment
      }
    }
  }

  /// The flag changes after `low`; `settle` sets the upper bound.
  mutating func change(to value: Bool, after low: Moment, _ order: MomentOrder) {
    if changes.count == Self.changesMax { foldOldest(order) }
    changes.append(Change(id: low.id, low: low, high: nil, value: value))
  }

  /// The same, unless it already has the change of this moment.
  mutating func changeOnce(to value: Bool, after low: Moment, _ order: MomentOrder) {
    if !changes.contains(where: { $0.id == low.id }) { change(to: value, after: low, order) }
  }

  mutating func settle(after low: Moment, before high: Moment) {
    guard let index = changes.lastIndex(where: { $0.id == low.id }) else { return }
    changes[index].high = high
  }

  /// The change did not take place after all (a refresh that kept its mapping).
  mutating func withdraw(after low: Moment) {
    changes.removeAll { $0.id == low.id }
  }

  func possible(from low: Moment, to high: Moment, _ order: MomentOrder) -> Possible {
    var result = Possible()
    // What is known is later.
    if let since, order.surely(high, before: since) {
      result.isUnknown = true
      return result
    }
    let reachable = changes.filter { !order.surely(high, before: $0.low) }
    let baseIsOver = reachable.contains { change in
      order.surely(change.high, before: low) && (since.map { order.surely($0, before: change.low) } ?? true)
    }
    if !baseIsOver {
      if let base { result.insert(base) } else { result.isUnknown = true }
    }
    for change in reachable {
      let isOver = reachable.contains {
        order.surely(change.high, before: $0.low) && order.surely($0.high, before: low)
      }
      if !isOver { result.insert(change.value) }
    }
    return result
  }

  private mutating func foldOldest(_ order: MomentOrder) {
    let oldest = changes.removeFirst()
    let isOrdered = changes.allSatisfy { order.surely(oldest.high, before: $0.low) }
    base = isOrdered || base == oldest.value ? oldest.value : nil
    since = oldest.low
  }
}

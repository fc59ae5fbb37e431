// Storage for rounds and refreshes.

/// Values that come and go, each in a reusable slot. A recording has a round for every five events: an object for each
/// would cost as much as the work on it, and they are too big to be copied.
///
/// Public and inlinable: a generic of another module is not specialised otherwise.
public struct SlotTable<Value> {
  public struct Slot: Equatable {
    public let index: Int
    @inlinable init(index: Int) { self.index = index }
  }

  @usableFromInline var values: [Value] = []
  @usableFromInline var free: [Slot] = []

  @inlinable public init() {}

  /// How many there were at once, at most.
  @inlinable public var capacity: Int { values.count }

  @inlinable public mutating func insert(_ value: Value) -> Slot {
    guard let slot = free.popLast() else {
      values.append(value)
      return Slot(index: values.count - 1)
    }
    values[slot.index] = value
    return slot
  }

  /// The old value stays until the slot is reused.
  @inlinable public mutating func remove(_ slot: Slot) -> Value {
    free.append(slot)
    return values[slot.index]
  }

  @inlinable public subscript(slot: Slot) -> Value {
    _read { yield values[slot.index] }
    _modify { yield &values[slot.index] }
  }
}

// Where rounds and refreshes are kept.

/// Values that come and go, each in a slot that is used again. A recording has a round for every five events: an object
/// for each would cost as much as what is done with it, and copied about they are too big.
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

  @inlinable public mutating func insert(_ value: Value) -> Slot {
    guard let slot = free.popLast() else {
      values.append(value)
      return Slot(index: values.count - 1)
    }
    values[slot.index] = value
    return slot
  }

  /// What stood there stays until the slot is used again.
  @inlinable public mutating func remove(_ slot: Slot) -> Value {
    free.append(slot)
    return values[slot.index]
  }

  @inlinable public subscript(slot: Slot) -> Value {
    _read { yield values[slot.index] }
    _modify { yield &values[slot.index] }
  }
}

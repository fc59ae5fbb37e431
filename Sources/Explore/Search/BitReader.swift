// Bits, one field after the other, out of a packed state.

struct BitReader {
  private let packed: PackedState
  private var position = 0

  init(_ packed: PackedState) { self.packed = packed }

  mutating func take(_ width: Int) -> UInt64 {
    defer { position += width }
    return packed.take(width, at: position)
  }

  mutating func takeBool() -> Bool { take(1) == 1 }
}

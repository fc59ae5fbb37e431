// Bits, one field after the other, out of a packed state.

/// Keeps the bits that come next in a register.
struct BitReader {
  private let packed: PackedState
  private var bits: UInt64
  private var left: UInt64 = 64
  private var word = 0

  init(_ packed: PackedState) {
    self.packed = packed
    bits = packed.words[0]
  }

  @inline(__always)
  mutating func take(_ width: Int) -> UInt64 {
    let mask: UInt64 = 1 &<< UInt64(width) &- 1
    var value = bits
    if UInt64(width) < left {
      bits &>>= UInt64(width)
      left &-= UInt64(width)
      return value & mask
    }
    let missing = UInt64(width) &- left
    word += 1
    let next = word < PackedState.wordsMax ? packed.words[word] : 0
    value |= next << left
    bits = next >> missing
    left = 64 &- missing
    return value & mask
  }

  @inline(__always)
  mutating func takeBool() -> Bool { take(1) == 1 }
}

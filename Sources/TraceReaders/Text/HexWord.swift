// Eight bytes of text as hex digits, all at once.

struct HexWord {
  /// How many bytes come before the first one below `0` (a blank, a newline).
  let count: Int
  /// The number that these bytes spell, if they are not dirty.
  let value: UInt64
  /// Not all of these bytes are `0`...`9` or `a`...`f`.
  let isDirty: Bool

  @inline(__always) init(_ word: UInt64) {
    // Bytes of 0x80 and more would carry into their neighbours in the additions below: dirty before anything else.
    let below0 = (word &- 0x30 &* repeated) & ~word & highBits
    count = below0.trailingZeroBitCount >> 3
    let shift = UInt64(8 - count) * 8
    // Digits move to the upper bytes, `0` fills up below: the number's leading zeros.
    let digits = count == 8 ? word : word << shift | (0x30 &* repeated) & ((1 << shift) &- 1)
    let from3A = digits &+ 0x46 &* repeated
    let from61 = digits &+ 0x1f &* repeated
    let from67 = digits &+ 0x19 &* repeated
    isDirty = (digits | from3A & ~from61 | from67) & highBits != 0
    // One digit per byte: letters have bit 6 set and are 9 more than their low half.
    let nibbles = (digits & (0x0f &* repeated)) &+ 9 &* (digits >> 6 & repeated)
    // First byte is the most significant digit: swap, then draw the halves together.
    var packed = nibbles.byteSwapped
    packed = (packed | packed >> 4) & 0x00ff_00ff_00ff_00ff
    packed = (packed | packed >> 8) & 0x0000_ffff_0000_ffff
    value = (packed | packed >> 16) & 0x0000_0000_ffff_ffff
  }
}

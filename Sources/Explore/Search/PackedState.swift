// A state in as few words as its scenario needs.

/// Up to four words; those after the layout's length are 0.
struct PackedState: Sendable {
  static let wordsMax = 4

  var words = InlineArray<4, UInt64>(repeating: 0)

  init() {}

  /// Sets the low `width` bits of `value` after bit `position`, where all bits are 0 still.
  mutating func put(_ value: UInt64, _ width: Int, at position: Int) {
    let word = position >> 6
    let offset = UInt64(position & 63)
    words[word] |= value &<< offset
    if Int(offset) + width > 64 { words[word + 1] |= value >> (64 - offset) }
  }

  /// The `width` bits after bit `position`.
  func take(_ width: Int, at position: Int) -> UInt64 {
    guard width > 0 else { return 0 }
    let word = position >> 6
    let offset = UInt64(position & 63)
    var value = words[word] &>> offset
    if Int(offset) + width > 64 { value |= words[word + 1] << (64 - offset) }
    return value & (1 &<< UInt64(width) &- 1)
  }

  /// Puts `value` in the place of the `width` bits after bit `position`.
  mutating func replace(_ value: UInt64, _ width: Int, at position: Int) {
    let word = position >> 6
    let offset = UInt64(position & 63)
    let mask: UInt64 = 1 &<< UInt64(width) &- 1
    words[word] = words[word] & ~(mask << offset) | value << offset
    guard Int(offset) + width > 64 else { return }
    words[word + 1] = words[word + 1] & ~(mask >> (64 - offset)) | value >> (64 - offset)
  }

  /// Takes the first `end` bits from `other`.
  mutating func replace(upTo end: Int, with other: PackedState) {
    let whole = end >> 6
    for word in 0..<whole { words[word] = other.words[word] }
    guard end & 63 != 0 else { return }
    let mask: UInt64 = 1 &<< UInt64(end & 63) &- 1
    words[whole] = words[whole] & ~mask | other.words[whole] & mask
  }

  func hasAny(of mask: PackedState) -> Bool {
    for word in 0..<Self.wordsMax where words[word] & mask.words[word] != 0 { return true }
    return false
  }

  /// Sets the bits of `mask`.
  mutating func add(_ mask: PackedState) {
    for word in 0..<Self.wordsMax { words[word] |= mask.words[word] }
  }
}

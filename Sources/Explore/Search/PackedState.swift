// A state in as few words as its scenario needs.

/// Up to four words; those behind the layout's length are 0.
struct PackedState: Sendable {
  static let wordsMax = 4

  var words = InlineArray<4, UInt64>(repeating: 0)

  init() {}

  /// Sets the low `width` bits of `value` behind bit `position`, where all bits are 0 still.
  mutating func put(_ value: UInt64, _ width: Int, at position: Int) {
    let word = position >> 6
    let offset = UInt64(position & 63)
    words[word] |= value &<< offset
    if Int(offset) + width > 64 { words[word + 1] |= value >> (64 - offset) }
  }

  /// The `width` bits behind bit `position`.
  func take(_ width: Int, at position: Int) -> UInt64 {
    guard width > 0 else { return 0 }
    let word = position >> 6
    let offset = UInt64(position & 63)
    var value = words[word] &>> offset
    if Int(offset) + width > 64 { value |= words[word + 1] << (64 - offset) }
    return value & (1 &<< UInt64(width) &- 1)
  }
}

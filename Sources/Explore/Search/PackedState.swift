// A state in as few words as its scenario needs.

/// Up to four words; those behind the layout's length are 0.
struct PackedState: Sendable {
  static let wordsMax = 4

  var words = InlineArray<4, UInt64>(repeating: 0)
  private var position = 0

  init() {}

  /// Appends the low `width` bits of `value`; the value must fit.
  mutating func put(_ value: UInt64, _ width: Int) {
    precondition(width == 0 ? value == 0 : value >> UInt64(width) == 0, "\(value) does not fit \(width) bits")
    guard width > 0 else { return }
    let word = position >> 6
    let offset = UInt64(position & 63)
    words[word] |= value << offset
    if Int(offset) + width > 64 { words[word + 1] |= value >> (64 - offset) }
    position += width
  }

  mutating func put(_ value: Bool) { put(value ? 1 : 0, 1) }

  /// To bit `position`, for reading.
  mutating func skip(to position: Int) { self.position = position }

  mutating func take(_ width: Int) -> UInt64 {
    guard width > 0 else { return 0 }
    let word = position >> 6
    let offset = UInt64(position & 63)
    var value = words[word] >> offset
    if Int(offset) + width > 64 { value |= words[word + 1] << (64 - offset) }
    position += width
    return value & (1 << UInt64(width) - 1)
  }

  mutating func takeBool() -> Bool { take(1) == 1 }
}

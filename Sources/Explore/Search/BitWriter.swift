// Bits, one field after the other, into a packed state.

/// Collects up to 64 bits in a register before it stores them.
struct BitWriter {
  private(set) var packed = PackedState()
  private var bits: UInt64 = 0
  private var used: UInt64 = 0
  private var word = 0

  init() {}

  /// Appends the low `width` bits of `value`; the value must fit.
  @inline(__always)
  mutating func put(_ value: UInt64, _ width: Int) {
    precondition(value &>> UInt64(width) == 0, "a field of a state does not fit its bits")
    bits |= value &<< used
    used += UInt64(width)
    guard used >= 64 else { return }
    packed.words[word] = bits
    word += 1
    used -= 64
    // What did not fit; a width of 64 - used leaves nothing.
    bits = value >> (UInt64(width) - used)
  }

  @inline(__always)
  mutating func put(_ value: Bool) { put(value ? 1 : 0, 1) }

  /// The state, its last bits stored.
  consuming func finish() -> PackedState {
    if used > 0 { packed.words[word] = bits }
    return packed
  }
}

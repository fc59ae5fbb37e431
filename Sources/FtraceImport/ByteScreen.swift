// A quick look over a block: clean blocks, the rule, need no look at the single line for odd bytes.

struct ByteScreen {
  private(set) var hasNUL = false
  private(set) var hasCarriageReturn = false
  private(set) var hasNonASCII = false

  var isClean: Bool { !(hasNUL || hasCarriageReturn || hasNonASCII) }

  init() {}

  init(_ bytes: UnsafeRawBufferPointer) {
    var zeros: UInt64 = 0
    var returns: UInt64 = 0
    var high: UInt64 = 0
    var offset = 0
    while offset + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      zeros |= zeroBytes(word)
      returns |= zeroBytes(word ^ (repeated * 0x0d))
      high |= word
      offset += 8
    }
    hasNUL = zeros != 0
    hasCarriageReturn = returns != 0
    hasNonASCII = high & highBits != 0
    for byte in bytes[offset...] {
      hasNUL = hasNUL || byte == 0
      hasCarriageReturn = hasCarriageReturn || byte == 0x0d
      hasNonASCII = hasNonASCII || byte >= 0x80
    }
  }
}

/// 1 in every byte.
let repeated: UInt64 = 0x0101_0101_0101_0101
/// The highest bit of every byte.
let highBits: UInt64 = 0x8080_8080_8080_8080

/// The high bit of each byte that is 0. Exact up to and including the first such byte; above it a byte of 1 may show too.
@inline(__always) func zeroBytes(_ word: UInt64) -> UInt64 { (word &- repeated) & ~word & highBits }

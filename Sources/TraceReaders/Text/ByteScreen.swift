// A quick scan over a block: in a clean block, the normal case, single lines need no check for odd bytes.

import Glibc

struct ByteScreen {
  private(set) var hasNUL = false
  private(set) var hasCarriageReturn = false
  private(set) var hasNonASCII = false

  var isClean: Bool { !(hasNUL || hasCarriageReturn || hasNonASCII) }

  init() {}

  init(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    hasNUL = memchr(start, 0, bytes.count) != nil
    hasCarriageReturn = memchr(start, 0x0d, bytes.count) != nil
    hasNonASCII = Self.hasHighBit(start, bytes.count)
  }

  mutating func formUnion(_ other: ByteScreen) {
    hasNUL = hasNUL || other.hasNUL
    hasCarriageReturn = hasCarriageReturn || other.hasCarriageReturn
    hasNonASCII = hasNonASCII || other.hasNonASCII
  }

  private static func hasHighBit(_ start: UnsafeRawPointer, _ count: Int) -> Bool {
    var lanes = SIMD4<UInt64>()
    var place = start
    let end = start + count
    while end - place >= 32 {
      lanes |= place.loadUnaligned(as: SIMD4<UInt64>.self)
      place += 32
    }
    var bits = lanes[0] | lanes[1] | lanes[2] | lanes[3]
    while place < end {
      bits |= UInt64(place.byte)
      place += 1
    }
    return bits & highBits != 0
  }
}

/// 1 in every byte.
let repeated: UInt64 = 0x0101_0101_0101_0101
/// The highest bit of every byte.
let highBits: UInt64 = 0x8080_8080_8080_8080

/// The high bit of each byte that is 0. Exact up to and including the first such byte; above it a byte of 1 may show
/// too.
@inline(__always) func zeroBytes(_ word: UInt64) -> UInt64 { (word &- repeated) & ~word & highBits }

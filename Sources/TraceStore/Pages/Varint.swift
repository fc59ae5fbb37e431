// SQLite's variable-length integer: seven bits a byte, the upper ones first, a ninth byte whole.

@inline(__always) func varintSize(_ value: UInt64) -> Int {
  value >> 56 != 0 ? 9 : max(1, (70 - value.leadingZeroBitCount) / 7)
}

/// Returns the position after it.
@inline(__always) func writeVarint(_ value: UInt64, to start: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
  if value < 0x80 {
    start.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
    return start + 1
  }
  return writeLongVarint(value, to: start)
}

private func writeLongVarint(_ value: UInt64, to start: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
  let size = varintSize(value)
  var rest = value
  var index = size - 1
  if size == 9 {
    start.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: 8, as: UInt8.self)
    rest >>= 8
    index = 7
  }
  let last = index
  while index >= 0 {
    let more: UInt8 = index == last && size < 9 ? 0 : 0x80
    start.storeBytes(of: UInt8(truncatingIfNeeded: rest) & 0x7f | more, toByteOffset: index, as: UInt8.self)
    rest >>= 7
    index -= 1
  }
  return start + size
}

/// Moves `place` past it. Nothing is read from `end` on; a truncated number is some number, and a record that is too
/// long is found by its size.
@inline(__always) func readVarint(_ page: UnsafeRawPointer, at place: inout Int, end: Int) -> UInt64 {
  var value: UInt64 = 0
  for index in 0..<9 where place < end {
    let byte = page.load(fromByteOffset: place, as: UInt8.self)
    place += 1
    if index == 8 { return value << 8 | UInt64(byte) }
    value = value << 7 | UInt64(byte & 0x7f)
    if byte < 0x80 { return value }
  }
  return value
}

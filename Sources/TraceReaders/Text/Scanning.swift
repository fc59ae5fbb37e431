// Byte-level steps that the readers share. All of them stop at `end` and none loads more than 8 bytes beyond it.

extension UnsafeRawPointer {
  @inline(__always) var byte: UInt8 { load(as: UInt8.self) }
  @inline(__always) var word: UInt64 { UInt64(littleEndian: loadUnaligned(as: UInt64.self)) }
}

extension UInt8 {
  @inline(__always) var isDigit: Bool { self &- 0x30 < 10 }
}

@inline(__always) func skipBlanks(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) {
  // Eight at a time: headers are padded.
  while place < end {
    let others = place.word ^ 0x20 &* repeated
    place += others.trailingZeroBitCount >> 3
    if others != 0 { break }
  }
  if place > end { place = end }
}

/// Skips `byte`; false if there is another one.
@inline(__always) func skip(_ byte: UInt8, _ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
  guard place < end, place.byte == byte else { return false }
  place += 1
  return true
}

/// Whether `text` is at `place`; if so, skips it.
func skip(_ text: StaticString, _ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
  let count = text.utf8CodeUnitCount
  guard end - place >= count else { return false }
  for offset in 0..<count where (place + offset).byte != text.utf8Start[offset] { return false }
  place += count
  return true
}

/// Decimal digits as a number, `place` moved past them; nil: there are none, or they do not fit into 64 bits.
@inline(__always) func decimal(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> UInt64? {
  let start = place
  var value: UInt64 = 0
  // 19 digits always fit.
  let safeEnd = min(end, start + 19)
  while place < safeEnd, place.byte.isDigit {
    value = value &* 10 &+ UInt64(place.byte & 0x0f)
    place += 1
  }
  if place == start { return nil }
  if place == safeEnd, place < end, place.byte.isDigit { return longDecimal(value, &place, end) }
  return value
}

/// Decimal digits as a number, for a field of usually eight or more.
@inline(__always) func longDecimal(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> UInt64? {
  guard end - place >= 8, let front = eightDigits(place.word) else { return decimal(&place, end) }
  place += 8
  return longDecimal(front, &place, end)
}

/// Eight bytes that are all decimal digits, as a number.
@inline(__always) private func eightDigits(_ word: UInt64) -> UInt64? {
  let isDigit = (word & (0xf0 &* repeated)) | ((word &+ 0x06 &* repeated) & (0xf0 &* repeated)) >> 4
  guard isDigit == 0x33 &* repeated else { return nil }
  // Ones and tens, then hundreds, then ten thousands: each step joins neighbours.
  let pairs = ((word & (0x0f &* repeated)) &* 2561) >> 8 & 0x00ff_00ff_00ff_00ff
  let fours = (pairs &* 6_553_601) >> 16 & 0x0000_ffff_0000_ffff
  return (fours &* 42_949_672_960_001) >> 32
}

@inline(__always) private func longDecimal(_ front: UInt64, _ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer)
  -> UInt64?
{
  var value = front
  while place < end, place.byte.isDigit {
    let (product, overflowsTimes) = value.multipliedReportingOverflow(by: 10)
    let (sum, overflowsPlus) = product.addingReportingOverflow(UInt64(place.byte & 0x0f))
    if overflowsTimes || overflowsPlus { return nil }
    value = sum
    place += 1
  }
  return value
}

/// The most CPUs that Linux can be built for (`NR_CPUS`, arch/x86/Kconfig and arch/powerpc/platforms/Kconfig.cputype).
let cpusMax: UInt32 = 8192

/// A CPU's number, which is below 8,192 on every Linux; nil: there is none, or an impossible one, and `place` is after
/// it.
@inline(__always) func cpuNumber(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> Int32? {
  guard let value = decimal(&place, end), value < UInt64(cpusMax) else { return nil }
  return Int32(truncatingIfNeeded: value)
}

/// Decimal digits that fit into an `Int32`, as pids do.
@inline(__always) func smallDecimal(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> Int32? {
  guard let value = decimal(&place, end), value <= UInt64(Int32.max) else { return nil }
  return Int32(truncatingIfNeeded: value)
}

/// Hex digits as a number, `place` moved past them; nil: there are none, or more than 16.
///
/// Eight digits at a time. What the kernel prints is lower case and ends at a byte below `0`; all else takes the slow
/// way.
@inline(__always) func hexadecimal(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> UInt64? {
  let low = HexWord(place.word)
  if low.count < 8 {
    if low.isDirty || low.count == 0 { return slowHexadecimal(&place, end) }
    place += low.count
    return low.value
  }
  let high = HexWord((place + 8).word)
  if low.isDirty || high.isDirty { return slowHexadecimal(&place, end) }
  if high.count == 8, place + 16 < end, (place + 16).byte >= 0x30 { return slowHexadecimal(&place, end) }
  place += 8 + high.count
  return low.value << (4 * UInt64(high.count)) | high.value
}

private func slowHexadecimal(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> UInt64? {
  let start = place
  var value: UInt64 = 0
  while place < end, let digit = hexDigit(place.byte) {
    if value >> 60 != 0 { return nil }
    value = value << 4 | digit
    place += 1
  }
  return place == start ? nil : value
}

private func hexDigit(_ byte: UInt8) -> UInt64? {
  switch byte {
  case 0x30...0x39: UInt64(byte - 0x30)
  case 0x41...0x46: UInt64(byte - 0x41 + 10)
  case 0x61...0x66: UInt64(byte - 0x61 + 10)
  case _: nil
  }
}

// The wire format of protocol buffers, as far as a trace needs it.

/// A message under construction (protobuf.dev/programming-guides/encoding).
struct ProtoMessage {
  private(set) var bytes: [UInt8] = []

  private enum WireType: UInt64 {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
  }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// An `uint32`, `uint64`, `bool` or enum; a signed integer by its two's complement.
  mutating func varint(_ field: UInt64, _ value: UInt64) {
    tag(field, .varint)
    append(value)
  }

  mutating func varint(_ field: UInt64, _ value: Int64) { varint(field, UInt64(bitPattern: value)) }

  mutating func fixed64(_ field: UInt64, _ value: UInt64) {
    tag(field, .fixed64)
    for byte in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(byte)))) }
  }

  mutating func text(_ field: UInt64, _ value: String) {
    tag(field, .bytes)
    append(UInt64(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  mutating func message(_ field: UInt64, _ inner: ProtoMessage) {
    tag(field, .bytes)
    append(UInt64(inner.bytes.count))
    bytes.append(contentsOf: inner.bytes)
  }

  /// A nested message, written in place. Nearly all are shorter than 128 bytes, so their length takes one.
  @inline(__always)
  mutating func message(_ field: UInt64, _ write: (inout ProtoMessage) -> Void) {
    tag(field, .bytes)
    bytes.append(0)
    let start = bytes.count
    write(&self)
    var count = UInt64(bytes.count - start)
    bytes[start - 1] = UInt8(truncatingIfNeeded: count & 0x7f) | (count < 0x80 ? 0 : 0x80)
    var place = start
    while count >= 0x80 {
      count >>= 7
      bytes.insert(UInt8(truncatingIfNeeded: count & 0x7f) | (count < 0x80 ? 0 : 0x80), at: place)
      place += 1
    }
  }

  private mutating func tag(_ field: UInt64, _ type: WireType) { append(field << 3 | type.rawValue) }

  @inline(__always)
  private mutating func append(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }
}

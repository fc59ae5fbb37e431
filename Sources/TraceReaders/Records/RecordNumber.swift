// A number in a record: its offset, its width, and its sign.

struct RecordNumber {
  let offset: Int
  private let width: Width

  fileprivate enum Width: UInt8 {
    case u8, u16, u32, u64, s8, s16, s32
  }

  /// nil: the field is not a number.
  init?(_ field: EventFormat.Field) {
    guard field.isNumber, let width = Width(bytes: field.size, isSigned: field.isSigned) else { return nil }
    (offset, self.width) = (field.offset, width)
  }

  /// Minimum size of a record for it, in bytes.
  var end: Int { offset + width.bytes }

  /// The value, widened with its sign: two's complement.
  @inline(__always) func value(in record: UnsafeRawPointer, isBigEndian: Bool) -> UInt64 {
    let place = record + offset
    switch width {
    case .u8: return UInt64(place.byte)
    case .s8: return UInt64(truncatingIfNeeded: Int8(bitPattern: place.byte))
    case .u16: return UInt64(Self.ordered(place.value() as UInt16, isBigEndian))
    case .s16: return UInt64(truncatingIfNeeded: Int16(bitPattern: Self.ordered(place.value(), isBigEndian)))
    case .u32: return UInt64(Self.ordered(place.value() as UInt32, isBigEndian))
    case .s32: return UInt64(truncatingIfNeeded: Int32(bitPattern: Self.ordered(place.value(), isBigEndian)))
    case .u64: return Self.ordered(place.value(), isBigEndian)
    }
  }

  @inline(__always) private static func ordered<Value: FixedWidthInteger>(_ value: Value, _ isBigEndian: Bool) -> Value
  {
    isBigEndian ? Value(bigEndian: value) : Value(littleEndian: value)
  }
}

extension RecordNumber.Width {
  init?(bytes: Int, isSigned: Bool) {
    switch (bytes, isSigned) {
    case (1, false): self = .u8
    case (2, false): self = .u16
    case (4, false): self = .u32
    // With 64 bits the sign needs no extra room.
    case (8, _): self = .u64
    case (1, true): self = .s8
    case (2, true): self = .s16
    case (4, true): self = .s32
    case _: return nil
    }
  }

  var bytes: Int {
    switch self {
    case .u8, .s8: 1
    case .u16, .s16: 2
    case .u32, .s32: 4
    case .u64: 8
    }
  }
}

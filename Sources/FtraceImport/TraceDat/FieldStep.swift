// Where one field of an event stands in its record, and where it goes.

import KVMEvents

struct FieldStep {
  let offset: Int
  let width: Width
  let field: EventField
  /// The field's place in an event; known beforehand, for asking the enum is a call.
  let place: Int
  let type: FieldType

  enum Width: UInt8 {
    case u8, u16, u32, u64, s8, s16, s32
  }

  /// nil: the field is no number.
  init?(_ source: EventFormat.Field, _ field: EventField, _ type: FieldType) {
    guard source.isNumber, let width = Width(bytes: source.size, isSigned: source.isSigned) else { return nil }
    (offset, self.width, self.field, place, self.type) = (source.offset, width, field, field.rawValue, type)
  }

  /// Bytes a record has to have for it.
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

extension FieldStep.Width {
  init?(bytes: Int, isSigned: Bool) {
    switch (bytes, isSigned) {
    case (1, false): self = .u8
    case (2, false): self = .u16
    case (4, false): self = .u32
    // Of 64 bits the sign needs no room.
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

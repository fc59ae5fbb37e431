// The head of one type of BTF, `struct btf_type`.

struct BTFType {
  let id: UInt32
  /// The position of its name among the strings; 0: it has none.
  let name: UInt32
  let info: UInt32
  /// Bytes, or the type that it refers to, by kind.
  let sizeOrType: UInt32

  static let headBytes = 12
  /// The bits of `info` that btf.rst gives a meaning.
  static let infoMask: UInt32 = 0x9f00_ffff

  static func kind(_ info: UInt32) -> UInt8 { UInt8(info >> 24 & 0x1f) }

  var kind: BTFKind? { BTFKind(rawValue: Self.kind(info)) }
  /// How many members, parameters or values follow the head.
  var vlen: Int { Int(info & 0xffff) }
  /// Of a struct or union: its members' offsets hold the size of bit-fields.
  var hasKindFlag: Bool { info >> 31 == 1 }
}

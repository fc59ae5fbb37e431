// The kinds of types that BTF has, as Documentation/bpf/btf.rst lists them.

/// A kind of type; the raw value is `BTF_KIND_*`.
enum BTFKind: UInt8 {
  case int = 1
  case pointer = 2
  case array = 3
  case structure = 4
  case union = 5
  case enumeration = 6
  case forward = 7
  case typedef = 8
  case volatile = 9
  case const = 10
  case restrict = 11
  case function = 12
  case prototype = 13
  case variable = 14
  case section = 15
  case float = 16
  case declTag = 17
  case typeTag = 18
  case enumeration64 = 19

  /// Bytes after the 12 that every type has.
  func extraBytes(vlen: Int) -> Int {
    switch self {
    case .int, .variable, .declTag: 4
    case .array: 12
    case .structure, .union, .section, .enumeration64: 12 * vlen
    case .enumeration, .prototype: 8 * vlen
    case .pointer, .forward, .typedef, .volatile, .const, .restrict, .function, .float, .typeTag: 0
    }
  }

  /// Is looked up by its name.
  var isIndexed: Bool { self == .structure || self == .union || self == .function }

  /// Says how a type is used and is otherwise the type that it refers to.
  var isModifier: Bool {
    switch self {
    case .typedef, .volatile, .const, .restrict, .typeTag: true
    default: false
    }
  }
}

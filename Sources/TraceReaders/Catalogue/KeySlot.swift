// A field's key, ready to be compared with the bytes of a line.

import KVMEvents

struct KeySlot {
  /// `key=`, as two words and their significant bytes.
  private let words: (UInt64, UInt64)
  private let masks: (UInt64, UInt64)
  let name: String
  /// Bytes of `key=`.
  let count: Int
  let use: Use
  /// The field's index in an event, if the key is a field's; precomputed, since reading it from the enum is a call.
  let place: Int
  let type: FieldType
  /// The slot that followed this one last time: events of one name print their fields in one order.
  var successor: Int

  enum Use: Equatable {
    case field(EventField)
    /// Known, and not used by the replay.
    case ignored
    /// Belongs to another meaning of the name: its index among the meanings.
    case otherMeaning(Int)
  }

  init(key: String, use: Use, type: FieldType, successor: Int) {
    let bytes = Array(key.utf8) + [UInt8(ascii: "=")]
    precondition(bytes.count <= 16, "the catalogue lets a key of \(bytes.count) bytes through")
    words = (Self.word(bytes.prefix(8)), Self.word(bytes.dropFirst(8)))
    masks = (Self.mask(min(bytes.count, 8)), Self.mask(max(bytes.count - 8, 0)))
    name = key
    count = bytes.count
    self.use = use
    if case .field(let field) = use { place = field.rawValue } else { place = 0 }
    self.type = type
    self.successor = successor
  }

  private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func mask(_ bytes: Int) -> UInt64 { bytes == 8 ? .max : (1 << UInt64(8 * bytes)) - 1 }

  /// Whether `key=` is at `place`.
  @inline(__always) func matches(_ place: UnsafeRawPointer) -> Bool {
    if (place.word ^ words.0) & masks.0 != 0 { return false }
    return count <= 8 || ((place + 8).word ^ words.1) & masks.1 == 0
  }
}

// A comm as the text prints it: right-justified in 16 bytes.

/// The 16 bytes of the comm's column. A comm has at most 15 (`TASK_COMM_LEN`); its leading blanks cannot be
/// distinguished from padding.
struct CommKey: Hashable {
  var low: UInt64
  var high: UInt64

  static let width = 16
  private static let blanks = 0x20 * repeated

  private init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// The column of `width` bytes that begins here.
  @inline(__always) init(wideAt place: UnsafeRawPointer) {
    low = place.word
    high = (place + 8).word
  }

  /// The column of 8 bytes that `-l` prints.
  @inline(__always) init(shortAt place: UnsafeRawPointer) {
    low = Self.blanks
    high = place.word
  }

  /// The `count` bytes before `end`, at most 16. Words are loaded from before them.
  init(endingAt end: UnsafeRawPointer, count: Int) {
    high = Self.blanking((end - 8).word, front: Self.width / 2 - count)
    low = Self.blanking((end - 16).word, front: Self.width - count)
  }

  /// The word with blanks in its first bytes.
  private static func blanking(_ word: UInt64, front: Int) -> UInt64 {
    if front <= 0 { return word }
    if front >= 8 { return blanks }
    let mask: UInt64 = (1 << UInt64(8 * front)) - 1
    return word & ~mask | blanks & mask
  }

  /// As ftrace prints an unknown comm.
  static let untold = CommKey(low: blanks, high: 0x3e2e_2e2e_3c20_2020)

  /// A comm outside its column; nil: longer than a comm can be.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count <= Self.width else { return nil }
    var column = [UInt8](repeating: 0x20, count: Self.width - bytes.count)
    column.append(contentsOf: bytes)
    (low, high) = column.withUnsafeBytes {
      (
        UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
  }

  /// The comm without its padding.
  var comm: [UInt8] {
    let column = [low, high].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    return Array(column.drop { $0 == 0x20 })
  }
}

// The front of a record whose comm holds a newline, until the rest is read.

import KVMEvents

struct CommFragment {
  /// The front of the comm's column, newlines included.
  private(set) var bytes: [UInt8] = []
  /// The line it began in.
  private(set) var line: EventID = 0
  /// It is not just blanks: if no record follows, it is a malformed line.
  private(set) var isWorthSaying = false

  var isEmpty: Bool { bytes.isEmpty }

  /// Takes these bytes as the comm's next line; false: a comm cannot be that long.
  mutating func append(_ text: UnsafeRawBufferPointer, line id: EventID) -> Bool {
    guard bytes.count + text.count + 1 <= CommKey.width else { return false }
    if bytes.isEmpty { line = id }
    bytes += text
    bytes.append(0x0a)
    isWorthSaying = isWorthSaying || text.contains { $0 != 0x20 }
    return true
  }

  /// The whole column, if the last bytes of it are these.
  func joined(_ tail: UnsafeRawBufferPointer) -> CommKey? {
    guard !bytes.isEmpty, bytes.count + tail.count == CommKey.width else { return nil }
    return (bytes + Array(tail)).withUnsafeBytes { CommKey($0) }
  }
}

// Cuts the objects out of a JSON array, or of objects that follow each other, wherever lines and blocks end.

/// The output of `jq -s` and of `jq .` for bpftrace's messages.
struct JSONObjectCutter {
  /// The object that was cut out last, or the current one so far.
  private(set) var bytes: [UInt8] = []
  /// Objects and arrays that are open inside the one that is cut out.
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  private var isTooLong = false
  private var isInJunk = false
  /// Arrays that are open around the objects.
  private var arrays = 0

  enum Step {
    case more
    /// An object is complete: `bytes`.
    case object
    /// One is, and was longer than a line may be.
    case tooLong
    /// Something else is between the objects; reported for its first byte.
    case junk
  }

  /// Something is open that has no end.
  var isOpen: Bool { depth > 0 || arrays > 0 }

  mutating func take(_ byte: UInt8) -> Step {
    if depth == 0 { return takeOutside(byte) }
    keep(byte)
    if isInString {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
      }
      return .more
    }
    switch byte {
    case UInt8(ascii: "\""): isInString = true
    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      if depth == 0 { return isTooLong ? .tooLong : .object }
    case _: break
    }
    return .more
  }

  private mutating func takeOutside(_ byte: UInt8) -> Step {
    switch byte {
    case UInt8(ascii: "{"):
      bytes.removeAll(keepingCapacity: true)
      (depth, isTooLong, isInJunk) = (1, false, false)
      keep(byte)
    case UInt8(ascii: "["): arrays += 1
    case UInt8(ascii: "]") where arrays > 0: arrays -= 1
    case UInt8(ascii: ","), 0x20, 0x09, 0x0a, 0x0d: break
    case _:
      defer { isInJunk = true }
      return isInJunk ? .more : .junk
    }
    return .more
  }

  private mutating func keep(_ byte: UInt8) {
    if bytes.count < LineSplitter.lineLimit { bytes.append(byte) } else { isTooLong = true }
  }
}

extension JSONObjectCutter {
  /// Whether these first bytes hold messages of bpftrace that are not one per line.
  static func isOfMessages(_ start: UnsafeRawBufferPointer) -> Bool {
    guard let first = start.first(where: { $0 > 0x20 }), first == UInt8(ascii: "[") || first == UInt8(ascii: "{") else {
      return false
    }
    if BpftraceMessage(Line(firstOf: start)) != nil { return false }
    var cutter = JSONObjectCutter()
    for byte in start {
      switch cutter.take(byte) {
      case .more: continue
      case .object: return cutter.message != nil
      case .tooLong, .junk: return false
      }
    }
    return false
  }

  /// The object that was cut out, as a message; nil: it is not one.
  var message: BpftraceMessage? {
    (bytes + [UInt8](repeating: 0, count: LineSplitter.slack)).withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress else { return nil }
      return BpftraceMessage(Line(start: start, end: start + bytes.count))
    }
  }
}

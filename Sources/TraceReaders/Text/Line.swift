// One line of text in the splitter's buffer. Valid until the buffer is filled again.

struct Line {
  let start: UnsafeRawPointer
  /// The end; at least `LineSplitter.slack` more bytes can be read from there on.
  var end: UnsafeRawPointer
  /// The line is longer than `LineSplitter.lineLimit`, only its front is here.
  var isCut = false

  @inline(__always) var count: Int { end - start }
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
}

extension Line {
  /// Removes the CR of a CRLF; true if there was one.
  @discardableResult
  mutating func dropCarriageReturn() -> Bool {
    guard count > 0, (end - 1).byte == 0x0d else { return false }
    end -= 1
    return true
  }
}

extension Line {
  /// The first line of a text.
  init(firstOf bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { preconditionFailure("a text without bytes has no line") }
    self.init(start: start, end: start + (bytes.firstIndex(of: 10) ?? bytes.count))
  }
}

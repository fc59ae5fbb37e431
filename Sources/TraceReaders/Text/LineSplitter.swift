// Splits blocks of bytes into lines, wherever the blocks begin and end.

import Glibc

/// One buffer: the previous line, the rest of the last block, then room for the next block.
///
/// Memory stays bounded because no line is kept beyond `lineLimit`: the rest of a longer one is skipped.
struct LineSplitter: ~Copyable {
  /// Longer lines are cut: trace-cmd's own records stay far below.
  static let lineLimit = 1 << 16
  /// Readable bytes after every line, so that words can be loaded without checking for the line's end.
  static let slack = 64

  private let buffer: UnsafeMutableRawBufferPointer
  private let base: UnsafeMutableRawPointer
  private let blockSize: Int
  /// The line delivered last, and the one before it. The last one is kept over a refill, so that the next can be
  /// compared with it.
  private var current = 0..<0
  private var before = 0..<0
  private var lineStart = 0
  /// No newline before this position.
  private var scanned = 0
  private var filled = 0
  private var isSkipping = false
  private var isFinished = false
  /// What the bytes in the buffer hold besides plain ASCII text.
  private(set) var screen = ByteScreen()

  init(blockSize: Int) {
    self.blockSize = blockSize
    buffer = .allocate(byteCount: blockSize + 2 * Self.lineLimit + 2 * Self.slack, alignment: 64)
    guard let address = buffer.baseAddress else { fatalError("an empty line buffer") }
    base = address
  }

  deinit { buffer.deallocate() }

  /// Bytes that are here and not delivered as lines yet.
  var undelivered: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[lineStart..<filled]) }
  /// Whether the bytes here end in the middle of a line.
  var endsInsideLine: Bool { isSkipping || lineStart < filled && buffer[filled - 1] != 10 }

  /// The next line, without its newline; nil: more bytes are needed, or after `finish` there are no more lines.
  @inline(__always) mutating func next() -> Line? {
    if !isSkipping, let newline = memchr(base + scanned, 10, filled - scanned) {
      let end = UnsafeMutableRawPointer(newline) - base
      let line = Line(start: UnsafeRawPointer(base + lineStart), end: UnsafeRawPointer(newline))
      if end - lineStart <= Self.lineLimit {
        advance(over: end)
        return line
      }
    }
    return nextAtEdge()
  }

  /// The next byte, if no lines are needed; nil: more are needed.
  mutating func nextByte() -> UInt8? {
    guard lineStart < filled else { return nil }
    defer {
      lineStart += 1
      scanned = lineStart
      current = lineStart..<lineStart
    }
    return buffer[lineStart]
  }

  private mutating func advance(over newline: Int) {
    before = current
    current = lineStart..<newline
    lineStart = min(newline + 1, filled)
    scanned = lineStart
  }

  /// Everything that is not a whole line of usual length.
  private mutating func nextAtEdge() -> Line? {
    if isSkipping { skipRestOfLine() }
    if isSkipping { return nil }
    if let newline = memchr(base + scanned, 10, filled - scanned) {
      let end = UnsafeMutableRawPointer(newline) - base
      let whole = line(lineStart..<end)
      advance(over: end)
      return whole
    }
    scanned = filled
    if filled - lineStart > Self.lineLimit {
      let cut = line(lineStart..<filled)
      before = current
      current = filled..<filled
      lineStart = filled
      isSkipping = true
      return cut
    }
    guard isFinished, lineStart < filled else { return nil }
    let last = line(lineStart..<filled)
    advance(over: filled)
    return last
  }

  private func line(_ range: Range<Int>) -> Line {
    let end = min(range.upperBound, range.lowerBound + Self.lineLimit)
    return Line(
      start: UnsafeRawPointer(base + range.lowerBound), end: UnsafeRawPointer(base + end),
      isCut: end < range.upperBound)
  }

  private mutating func skipRestOfLine() {
    if let newline = memchr(base + scanned, 10, filled - scanned) {
      lineStart = UnsafeMutableRawPointer(newline) - base + 1
      current = lineStart..<lineStart
      isSkipping = false
    } else {
      filled = lineStart
    }
    scanned = lineStart
  }

  /// Room for the next block. What is not delivered yet, and the previous line, moves to the front.
  mutating func room() -> UnsafeMutableRawBufferPointer {
    if filled + blockSize + Self.slack > buffer.count {
      let kept = current.lowerBound
      memmove(base, base + kept, filled - kept)
      before = 0..<0
      current = 0..<current.count
      lineStart -= kept
      scanned -= kept
      filled -= kept
    }
    precondition(filled + blockSize + Self.slack <= buffer.count, "more is kept than two lines")
    return UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + blockSize])
  }

  /// The first `count` bytes of the room are input now.
  mutating func commit(_ count: Int) {
    // Odd bytes may have gone with the lines delivered.
    if !screen.isClean { screen = ByteScreen(undelivered) }
    screen.formUnion(ByteScreen(UnsafeRawBufferPointer(rebasing: buffer[filled..<filled + count])))
    filled += count
    // A number at the very end must not run into what an earlier block left there.
    memset(base + filled, 0, Self.slack)
  }

  /// The input is at its end: what follows the last newline is a line too, unless the input is cut off in it.
  mutating func finish(dropsUnfinishedLine: Bool) {
    isFinished = true
    guard dropsUnfinishedLine, !isSkipping else { return }
    let unfinished = filled - 1 - (buffer[lineStart..<filled].lastIndex(of: 10) ?? lineStart - 1)
    filled -= unfinished
    // What was scanned for a newline may have been the unfinished line itself.
    scanned = min(scanned, filled)
  }

  /// The line before the one delivered last. Empty if it was cut.
  var lineBefore: Line {
    Line(start: UnsafeRawPointer(base + before.lowerBound), end: UnsafeRawPointer(base + before.upperBound))
  }
}

// Lines of tracefs text that are neither a record nor a loss marker.

enum TracefsNote {
  /// `# entries-in-buffer/entries-written: 2459/4042   #P:4`: what was written and is missing was overwritten.
  case entries(overwritten: UInt64)
  /// `##### CPU 2 buffer started ####`: in a ring that was overwritten, the remains of this CPU begin here.
  case bufferStarted(cpu: Int32)
  /// Other lines of the header.
  case remark
  /// ` => symbol`: a stack trace continues.
  case stackEntry
  case empty

  /// Blanks may precede it: quoted text is indented.
  /// - Parameter isInHead: no record so far.
  init?(_ line: Line, isInHead: Bool) {
    var place = line.start
    skipBlanks(&place, line.end)
    if place == line.end {
      self = .empty
    } else if skip("=> ", &place, line.end) {
      self = .stackEntry
    } else if place.byte == UInt8(ascii: "#") {
      // The front of a comm that holds a newline follows blanks too; it fits into the comm's column.
      guard place == line.start || isInHead || line.end - place > CommKey.width else { return nil }
      self = Self.loss(place, line.end) ?? .remark
    } else {
      return nil
    }
  }

  /// Lines that report a loss. No other text has such lines.
  init?(lossIn line: Line) {
    var place = line.start
    skipBlanks(&place, line.end)
    guard let loss = Self.loss(place, line.end) else { return nil }
    self = loss
  }

  private static func loss(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Self? {
    entries(start, end) ?? bufferStarted(start, end)
  }

  private static func entries(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Self? {
    var place = start
    guard skip("# entries-in-buffer/entries-written: ", &place, end), let left = decimal(&place, end),
      skip("/", &place, end), let written = decimal(&place, end), written >= left
    else { return nil }
    return .entries(overwritten: written - left)
  }

  private static func bufferStarted(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Self? {
    var place = start
    guard skip("##### CPU ", &place, end), let cpu = smallDecimal(&place, end),
      skip(" buffer started ####", &place, end), place == end
    else { return nil }
    return .bufferStarted(cpu: cpu)
  }
}

// Lines of tracefs text that are no record and no loss marker.

enum TracefsNote {
  /// `# entries-in-buffer/entries-written: 2459/4042   #P:4`: what was written and is not there was overwritten.
  case entries(overwritten: UInt64)
  /// `##### CPU 2 buffer started ####`: of a ring that was overwritten, what is left of this CPU begins here.
  case bufferStarted(cpu: Int32)
  /// Other lines of the head.
  case remark
  /// ` => symbol`: a stack trace goes on.
  case stackEntry
  case empty

  init?(_ line: Line) {
    var place = line.start
    skipBlanks(&place, line.end)
    if place == line.end {
      self = .empty
    } else if skip("=> ", &place, line.end) {
      self = .stackEntry
    } else if line.start.byte == UInt8(ascii: "#") {
      self = Self.entries(line) ?? Self.bufferStarted(line) ?? .remark
    } else {
      return nil
    }
  }

  private static func entries(_ line: Line) -> Self? {
    var place = line.start
    guard skip("# entries-in-buffer/entries-written: ", &place, line.end), let left = decimal(&place, line.end),
      skip("/", &place, line.end), let written = decimal(&place, line.end), written >= left
    else { return nil }
    return .entries(overwritten: written - left)
  }

  private static func bufferStarted(_ line: Line) -> Self? {
    var place = line.start
    guard skip("##### CPU ", &place, line.end), let cpu = smallDecimal(&place, line.end),
      skip(" buffer started ####", &place, line.end), place == line.end
    else { return nil }
    return .bufferStarted(cpu: cpu)
  }
}

// The header of a record that a bpftrace script printed.

import KVMEvents

/// Two formats, the second one that of older scripts:
///
///     gpc v1 NSECS CPU TID NAME KEY=VALUE … [comm=REST OF THE LINE]
///     NSECS CPU TID COMM NAME KEY=VALUE …
extension RecordHead {
  /// - Parameter line: afterwards ends after the fields.
  init(bpftrace line: inout Line) throws(HeadFailure) {
    var place = line.start
    let isConvention = skip("gpc v1 ", &place, line.end)
    let start = place
    self.init(comm: .untold, dash: place, pid: 0, cpu: 0, name: place, body: place)
    guard let stamp = decimal(&place, line.end) else { throw place == start ? .noTask : .timeTooLarge }
    guard let time = TraceTimestamp(recorded: stamp)?.rawValue else { throw .timeTooLarge }
    guard skip(" ", &place, line.end) else { throw .noCPU }
    let digits = place
    guard let cpu = cpuNumber(&place, line.end) else { throw place == digits ? .noCPU : .cpuTooLarge }
    guard skip(" ", &place, line.end), let tid = smallDecimal(&place, line.end), skip(" ", &place, line.end) else {
      throw .noTask
    }
    (self.time, self.cpu, pid, decimals) = (time, cpu, tid, 9)
    if isConvention { try readName(place, &line) } else { try readCommAndName(place, line) }
    guard nameCount > 0 else { throw .noName }
  }

  private mutating func readName(_ start: UnsafeRawPointer, _ line: inout Line) throws(HeadFailure) {
    var place = start
    while place < line.end, place.byte != 0x20 { place += 1 }
    (name, nameCount) = (start, place - start)
    if let comm = Self.find(" comm=", from: place, line.end) {
      let text = UnsafeRawBufferPointer(start: comm + 6, count: line.end - comm - 6)
      guard let key = CommKey(text) else { throw .noTask }
      (self.comm, line.end) = (key, comm)
    }
    skipBlanks(&place, line.end)
    body = place
  }

  /// The comm may hold blanks: the name is the word before the first `key=value`, or the last word if there is none.
  private mutating func readCommAndName(_ start: UnsafeRawPointer, _ line: Line) throws(HeadFailure) {
    var place = start
    var word = start
    body = line.end
    while place < line.end {
      if place.byte == UInt8(ascii: "=") {
        body = word
        break
      }
      place += 1
      if (place - 1).byte == 0x20 { word = place }
    }
    var nameEnd = body
    while nameEnd > start, (nameEnd - 1).byte == 0x20 { nameEnd -= 1 }
    name = nameEnd
    while name > start, (name - 1).byte != 0x20 { name -= 1 }
    nameCount = nameEnd - name
    guard name > start, let comm = CommKey(UnsafeRawBufferPointer(start: start, count: name - 1 - start)) else {
      throw .noName
    }
    self.comm = comm
  }

  private static func find(_ text: StaticString, from start: UnsafeRawPointer, _ end: UnsafeRawPointer)
    -> UnsafeRawPointer?
  {
    var place = start
    while place < end {
      var ahead = place
      if skip(text, &ahead, end) { return place }
      place += 1
    }
    return nil
  }
}

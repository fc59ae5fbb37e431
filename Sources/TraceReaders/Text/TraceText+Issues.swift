// Issues of the lines of a text, counted. Outside the events' path, which has no cost for them.

import Glibc
import KVMEvents

extension TraceText {
  mutating func note<Form: LineForm>(_ news: TextTraits.News, _: Form.Type, _ line: Line, id: EventID) {
    if news.contains(.microseconds) {
      issues.note(.microseconds, line: id, "time stamps in microseconds \(Form.microseconds)", line)
    }
    if news.contains(.cutComms) { issues.note(.cutComms, line: id, Form.cutComms, line) }
  }

  /// Examines an event that is not later than the previous one. False: it is the same one again.
  ///
  /// An exact copy down to the nanosecond is not a second event: the recording was pasted together, and delivering an
  /// `end` twice would give an end without a start. Within a microsecond one thread can do the same thing twice: both
  /// are used, and counted.
  mutating func isInOrder(_ head: RecordHead, _ line: Line, id: EventID, whole: Line, before: Line) -> Bool {
    if head.time < lastTime {
      let unit: StampUnit = head.decimals == 0 ? .tick : .ns
      issues.note(.timeWentBack, line: id, "\(unit.exact(lastTime - head.time)) before the event above it", line)
      return true
    }
    guard whole.count == before.count, memcmp(whole.start, before.start, whole.count) == 0 else { return true }
    guard head.decimals == 6 else {
      issues.note(.duplicateLine, line: id, "the same line as the one above, counted once", line)
      return false
    }
    issues.note(
      isStep(head) ? .doubledStep : .duplicateLine, line: id,
      "the same line as the one above: a second event within the microsecond, or pasted; used", line)
    return true
  }

  /// A walk of the caches, or a retry test: an operation has one of its kind, so a pasted copy would look like two
  /// operations.
  private mutating func isStep(_ head: RecordHead) -> Bool {
    guard let name = names.id(head.name, head.nameCount) else { return false }
    let entry = names.entries[Int(name)]
    let kind = entry.layouts[entry.current].kind
    return kind == .gpcInvalidateStart || kind == .gpcRetryCheck
  }

  mutating func noteUnknown(_ head: RecordHead, _ name: EventNameID, _ line: Line, id: EventID) {
    if names.entries[Int(name)].count == 0 {
      let text = String(decoding: UnsafeRawBufferPointer(start: head.name, count: head.nameCount), as: UTF8.self)
      issues.note(.unknownEvent, line: id, "the probe catalogue has no event `\(text)`", line)
    }
    names.count(name, meaning: 0)
    if let teller = names.entries[Int(name)].teller { readComms(teller, head.body, line.end) }
  }

  /// NUL, CR and invalid UTF-8: counted and kept, except the CR of a CRLF.
  mutating func noteOddBytes(_ line: inout Line, id: EventID) {
    let bytes = line.bytes
    if bytes.contains(0x0d) {
      issues.note(.carriageReturn, line: id, "a CR in the line", line)
      line.dropCarriageReturn()
    }
    if bytes.contains(0) { issues.note(.nulByte, line: id, "a NUL byte in the line", line) }
    if bytes.contains(where: { $0 >= 0x80 }), !isUTF8(bytes) {
      issues.note(.invalidUTF8, line: id, "bytes that are not UTF-8", line)
    }
  }

  private func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

  mutating func noteFaults(
    _ faults: BodyFaults, missing: EventFieldSet, _ event: RecordedEvent, _ layout: UnsafeMutablePointer<EventLayout>,
    _ line: Line, id: EventID
  ) {
    let bad = faults.badFields
    if bad.rawValue != 0 {
      issues.note(.badField, line: id, "no usable value: \(layout.pointee.keys(of: bad))", line)
    } else if faults.hasJunk {
      issues.note(.badField, line: id, "words that are not key=value", line)
    }
    if faults.badPointers.rawValue != 0 {
      issues.note(
        .badPointer, line: id, "no kernel address (0 or hashed): \(layout.pointee.keys(of: faults.badPointers))", line)
    }
    let absent = missing.subtracting(bad).subtracting(faults.badPointers)
    if absent.rawValue != 0 {
      issues.note(.missingField, line: id, "without \(layout.pointee.keys(of: absent))", line)
    }
    if event.endsBeforeItsStart { issues.note(.endBelowStart, line: id, "the range ends below its start", line) }
  }
}

extension EventLayout {
  /// The names of these fields in the recording, for a sentence.
  func keys(of fields: EventFieldSet) -> String {
    slots.compactMap { slot in
      if case .field(let field) = slot.use, fields.contains(field) { return slot.name }
      return nil
    }.joined(separator: ", ")
  }
}

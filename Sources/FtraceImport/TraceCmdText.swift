// `trace-cmd report` text, line by line, into events.

import Glibc
import KVMEvents

struct TraceCmdText: ~Copyable {
  private(set) var tasks = TaskTable()
  private(set) var names: EventNameTable
  var issues = IssueLog()
  private(set) var traits = TraceCmdTraits()
  private var finder = HeadFinder()
  private let keepsUnknown: Bool
  private var lastTime = Int64.min

  init(catalogue: ProbeCatalogue, keepsUnknown: Bool) {
    names = EventNameTable(catalogue: catalogue)
    self.keepsUnknown = keepsUnknown
  }

  /// Reads one line. True: `event` is its event; false: it has none to deliver.
  @inline(__always)
  mutating func read(
    _ whole: Line, id: EventID, before: Line, screen: ByteScreen, into event: inout RecordedEvent
  ) -> Bool {
    var line = whole
    if line.isCut {
      issues.note(.longLine, line: id, "a line longer than \(LineSplitter.lineLimit) bytes", line)
      return false
    }
    if !screen.isClean { noteOddBytes(&line, id: id) }
    guard let head = finder.find(line) else { return readOther(line, id: id, into: &event) }
    if head.time <= lastTime, !isInOrder(head, line, id: id, whole: whole, before: before) { return false }
    lastTime = head.time
    if traits.note(head, form: finder.form) {
      issues.note(.microseconds, line: id, "time stamps in microseconds (rounded): `-t` prints nanoseconds", line)
    }
    guard let name = names.id(head.name, head.nameCount) else {
      issues.note(.badLine, line: id, "more different event names than a kernel has", line)
      return false
    }
    return readEvent(head, name: name, line, id: id, into: &event)
  }

  @inline(__always)
  private mutating func readEvent(
    _ head: RecordHead, name: EventNameID, _ line: Line, id: EventID, into event: inout RecordedEvent
  ) -> Bool {
    let entry = names.entries[Int(name)]
    if !entry.isKnown {
      noteUnknown(head, name, line, id: id)
      if !keepsUnknown { return false }
    }
    event.clear()
    event.id = id
    event.time = TraceTimestamp(rawValue: head.time)
    event.cpu = head.cpu
    event.pid = head.pid
    event.task = tasks.id(head.comm, pid: head.pid, cpu: head.cpu)
    event.name = name
    let meaning = entry.hasBody ? readBody(head, entry, line, id: id, into: &event) : 0
    event.kind = entry.layouts[meaning].kind
    if entry.isKnown { names.count(name, meaning: meaning) }
    return true
  }

  /// The fields; gives the meaning that the event turned out to have.
  @inline(__always)
  private mutating func readBody(
    _ head: RecordHead, _ entry: EventNameTable.Entry, _ line: Line, id: EventID, into event: inout RecordedEvent
  ) -> Int {
    guard var layout = entry.layouts.baseAddress else { return 0 }
    layout += entry.current
    var body = BodyReader(layout)
    body.read(from: head.body, line.end, into: &event)
    var meaning = entry.current
    if entry.layouts.count > 1, let other = otherMeaning(body.faults, event, entry) {
      meaning = other
      layout += other - entry.current
      event.fields = EventFieldSet(rawValue: 0)
      body = BodyReader(layout)
      body.read(from: head.body, line.end, into: &event)
    }
    if body.faults.isRaw { traits.isRaw = true }
    let missing = EventFieldSet(rawValue: layout.pointee.required.rawValue & ~event.fields.rawValue)
    if missing.rawValue != 0 || !body.faults.isClean || event.endsBeforeItsStart {
      noteFaults(body.faults, missing: missing, event, layout, line, id: id)
    }
    return meaning
  }

  /// The meaning that the fields read speak for, where it is not the one assumed.
  private func otherMeaning(_ faults: BodyFaults, _ event: RecordedEvent, _ entry: EventNameTable.Entry) -> Int? {
    if let other = faults.otherMeaning { return other }
    guard let condition = entry.layouts[entry.current].condition, !event.fields.contains(condition),
      !faults.badFields.contains(condition)
    else { return nil }
    return entry.layouts.firstIndex { $0.condition == nil }
  }
}

extension TraceCmdText {
  /// A loss marker, a note, or nothing known.
  private mutating func readOther(_ line: Line, id: EventID, into event: inout RecordedEvent) -> Bool {
    if let marker = LossMarker(line, prefix: finder.prefix) {
      event.clear()
      event.id = id
      event.kind = .lostEvents
      event.pid = 0
      event.cpu = marker.cpu
      event.name = names.idOfLostEvents()
      // The marker has no time of its own: it stands behind all that was printed before it.
      event.time = TraceTimestamp(rawValue: max(lastTime, 0))
      event.task = RecordedEvent.noTask
      if let count = marker.count { event.set(.len, count) }
      names.count(event.name, meaning: 0)
      return true
    }
    if ReportNote(line, prefix: finder.prefix) == nil {
      issues.note(.badLine, line: id, finder.failure.reason, line)
    }
    return false
  }

  /// Looks closer at an event that is not later than the one before. False: it is that one again.
  ///
  /// An exact copy down to the nanosecond is no second event: the recording was pasted together, and delivering an `end` twice would
  /// bring an end without a start. In microseconds two events can look alike; what they say is said by one of them.
  private mutating func isInOrder(_ head: RecordHead, _ line: Line, id: EventID, whole: Line, before: Line) -> Bool {
    if head.time < lastTime {
      issues.note(.timeWentBack, line: id, "\(lastTime - head.time) ns before the event above it", line)
      return true
    }
    guard whole.count == before.count, memcmp(whole.start, before.start, whole.count) == 0 else { return true }
    issues.note(.duplicateLine, line: id, "the same line as the one above, counted once", line)
    return false
  }

  private mutating func noteUnknown(_ head: RecordHead, _ name: EventNameID, _ line: Line, id: EventID) {
    if names.entries[Int(name)].count == 0 {
      let text = String(decoding: UnsafeRawBufferPointer(start: head.name, count: head.nameCount), as: UTF8.self)
      issues.note(.unknownEvent, line: id, "the probe catalogue has no event `\(text)`", line)
    }
    names.count(name, meaning: 0)
  }

  /// NUL, CR and bytes that are no UTF-8: counted and kept, but for the CR of a CRLF.
  private mutating func noteOddBytes(_ line: inout Line, id: EventID) {
    let bytes = line.bytes
    if bytes.contains(0x0d) {
      issues.note(.carriageReturn, line: id, "a CR in the line", line)
      line.dropCarriageReturn()
    }
    if bytes.contains(0) { issues.note(.nulByte, line: id, "a NUL byte in the line", line) }
    if bytes.contains(where: { $0 >= 0x80 }), !isUTF8(bytes) {
      issues.note(.invalidUTF8, line: id, "bytes that are no UTF-8", line)
    }
  }

  private func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

  private mutating func noteFaults(
    _ faults: BodyFaults, missing: EventFieldSet, _ event: RecordedEvent, _ layout: UnsafeMutablePointer<EventLayout>,
    _ line: Line, id: EventID
  ) {
    let bad = faults.badFields
    if bad.rawValue != 0 {
      issues.note(.badField, line: id, "no usable value: \(layout.pointee.keys(of: bad))", line)
    } else if faults.hasJunk {
      issues.note(.badField, line: id, "words that are no key=value", line)
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

extension RecordedEvent {
  /// Empties the fields where they stand; a new value would be made elsewhere and copied. All else is assigned after this.
  @inline(__always) mutating func clear() {
    fields.rawValue = 0
    withUnsafeMutableBytes(of: &values) { bytes in
      if let start = bytes.baseAddress { memset(start, 0, bytes.count) }
    }
  }

  /// `end` lies below `start`.
  var endsBeforeItsStart: Bool {
    guard let start = self[.start], let end = self[.end] else { return false }
    return end < start
  }
}

extension BodyFaults {
  var isClean: Bool { badFields.rawValue | badPointers.rawValue == 0 && !hasJunk }
}

extension EventLayout {
  /// What the recording calls these fields, for a sentence.
  func keys(of fields: EventFieldSet) -> String {
    slots.compactMap { slot in
      if case .field(let field) = slot.use, fields.contains(field) { return slot.name }
      return nil
    }.joined(separator: ", ")
  }
}

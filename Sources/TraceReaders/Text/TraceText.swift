// The text formats whose lines are records, line by line, into events. They differ in their headers and notes, not in
// their bodies.

import Glibc
import KVMEvents

struct TraceText: ~Copyable {
  var tasks = TaskTable()
  var names: EventNameTable
  var issues = IssueLog()
  var traits = TextTraits()
  var marks = RecordingMarks()
  var finder: HeadFinder
  private let keepsUnknown: Bool
  var lastTime = Int64.min
  /// The remains of a tracefs ring that was overwritten; nil: none was.
  var leftovers: RingLeftovers?
  /// The next record ends something: a fragment that was not a comm, or a CPU's silence. One test for both, since few
  /// texts have any.
  var isWatching = false
  /// Of the recorded kernel, if a header names it.
  var kernelRelease: KernelRelease?
  /// Of a console log.
  var dump = ConsoleDump.outside

  init(_ form: any TextForm.Type = TraceCmdText.self, catalogue: ProbeCatalogue, keepsUnknown: Bool) {
    names = EventNameTable(catalogue: catalogue)
    finder = HeadFinder(form.columns)
    self.keepsUnknown = keepsUnknown
    isWatching = form.isWatchedFromTheStart
    if let limit = form.limit { issues.note(.formLimit, line: 1, limit, nil) }
  }

  /// Reads one line. True: `event` is its event; false: it has none to deliver.
  @inline(__always)
  mutating func read<Form: LineForm>(
    _ whole: Line, _ form: Form.Type, id: EventID, before: Line, screen: ByteScreen, into event: inout RecordedEvent
  ) -> Bool {
    var line = whole
    if line.isCut {
      issues.note(.longLine, line: id, "a line longer than \(LineSplitter.lineLimit) bytes", line)
      return false
    }
    if !screen.isClean { noteOddBytes(&line, id: id) }
    guard let head = finder.find(line, form) else { return readOther(line, form, id: id, into: &event) }
    if isWatching, Form.deliversLoss(before: head, line, id: id, &self, into: &event) { return true }
    if head.time <= lastTime, !isInOrder(head, line, id: id, whole: whole, before: before) { return false }
    lastTime = head.time
    let news = traits.note(head, finder.columns)
    if !news.isEmpty { note(news, form, line, id: id) }
    guard let name = names.id(head.name, head.nameCount) else {
      issues.note(.badLine, line: id, "more different event names than a kernel has", line)
      return false
    }
    return readEvent(head, form, name: name, line, id: id, into: &event)
  }

  @inline(__always)
  mutating func readEvent<Form: TextForm>(
    _ head: RecordHead, _ form: Form.Type, name: EventNameID, _ line: Line, id: EventID, into event: inout RecordedEvent
  ) -> Bool {
    let entry = names.entries[Int(name)]
    if !entry.isKnown {
      if let loss = Form.loss(head, line) {
        deliver(loss, id: id, into: &event)
        return true
      }
      noteUnknown(head, name, line, id: id)
      if !keepsUnknown { return false }
    } else if entry.isProbe, !BodyReader.isOfProbe(head.body, line.end) {
      return readPrint(head, form, entry, line, id: id, into: &event)
    }
    event.clear()
    event.id = id
    event.time = TraceTimestamp(rawValue: head.time)
    event.cpu = head.cpu
    event.pid = head.pid
    event.task = tasks.id(head.comm, pid: head.pid, tgid: head.tgid, cpu: head.cpu)
    event.name = name
    let meaning = entry.hasBody ? readBody(head, entry, line, id: id, into: &event) : 0
    event.kind = entry.layouts[meaning].kind
    if !entry.hasBody { marks.read(head.body, line.end, line: id) }
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

  /// The meaning that the fields favour, if it is not the one assumed.
  private func otherMeaning(_ faults: BodyFaults, _ event: RecordedEvent, _ entry: EventNameTable.Entry) -> Int? {
    if let other = faults.otherMeaning { return other }
    guard let condition = entry.layouts[entry.current].condition, !event.fields.contains(condition),
      !faults.badFields.contains(condition)
    else { return nil }
    return entry.layouts.firstIndex { $0.condition == nil }
  }
}

extension RecordedEvent {
  /// Clears the fields in place; a new value would be built elsewhere and copied. Everything else is assigned after
  /// this.
  @inline(__always) mutating func clear() {
    fields.rawValue = 0
    withUnsafeMutableBytes(of: &values) { bytes in
      if let start = bytes.baseAddress { memset(start, 0, bytes.count) }
    }
  }

  /// `end` is below `start`. Inlined: a call would copy the event.
  @inline(__always) var endsBeforeItsStart: Bool {
    guard let start = self[.start], let end = self[.end] else { return false }
    return end < start
  }
}

extension BodyFaults {
  var isClean: Bool { badFields.rawValue | badPointers.rawValue == 0 && !hasJunk }
}

// Lines of a text that are not records: loss markers, notes, the front of a comm that holds a newline, or nothing
// known.

import KVMEvents

extension TraceText {
  mutating func readOther<Form: LineForm>(
    _ line: Line, _: Form.Type, id: EventID, into event: inout RecordedEvent
  ) -> Bool {
    let failure = finder.failure
    if let marker = LossMarker(line, prefix: finder.prefix) {
      deliver(marker, id: id, into: &event)
      return true
    }
    if ReportNote(line, prefix: finder.prefix) == .mayLackEvents {
      issues.note(
        .formLimit, line: id,
        "the recording that this is cut from may lack events: it hides losses, or was not read whole", line)
      return false
    }
    switch Form.readOther(line, id: id, &self, into: &event) {
    case .event: return true
    case .passed: break
    case .unknown: if !keepFragment(line, id: id) { issues.note(.badLine, line: id, failure.reason, line) }
    }
    return false
  }

  /// A record that only has the name of a probe: tracefs prints the output of trace_printk() under the name of the
  /// calling function. It is counted under trace-cmd's name for it; but if all fields of the probe are present, its
  /// address was lost.
  mutating func readPrint<Form: TextForm>(
    _ head: RecordHead, _ form: Form.Type, _ entry: EventNameTable.Entry, _ line: Line, id: EventID,
    into event: inout RecordedEvent
  ) -> Bool {
    guard let layouts = entry.layouts.baseAddress else { return false }
    let required = layouts[entry.current].required
    event.clear()
    var body = BodyReader(layouts + entry.current)
    body.read(from: head.body, line.end, into: &event)
    if required.rawValue != 0, required.isSubset(of: event.fields) {
      issues.note(.badLine, line: id, "an event of a probe, without the address before its fields", line)
      return false
    }
    guard let name = names.id(of: "print") else { return false }
    return readEvent(head, form, name: name, line, id: id, into: &event)
  }

  mutating func read(_ note: TracefsNote, _ line: Line, id: EventID, into event: inout RecordedEvent) -> OtherLine {
    switch note {
    case .entries(let overwritten):
      guard overwritten > 0 else { return .passed }
      leftovers = RingLeftovers()
      isWatching = true
      deliver(LossMarker(cpu: RecordedEvent.unknownCPU, count: overwritten), id: id, into: &event)
      return .event
    case .bufferStarted(let cpu):
      leftovers?.begin(cpu)
      deliver(LossMarker(cpu: cpu, count: nil), id: id, into: &event)
      return .event
    case .empty: keepFragment(line, id: id)
    case .remark, .stackEntry: break
    }
    return .passed
  }

  /// A CPU's first record in a ring that was overwritten, without a line that says so: it becomes the loss before it.
  @inline(__always)
  mutating func deliversLeftover(
    of cpu: Int32, _ line: Line, id: EventID, into event: inout RecordedEvent
  ) -> Bool {
    if !finder.fragment.isEmpty { giveUpFragment() }
    isWatching = leftovers != nil
    guard leftovers?.isSilentBegin(of: cpu) == true else { return false }
    leftovers?.begin(cpu)
    issues.note(
      .unannouncedLoss, line: id,
      "what CPU \(cpu) recorded before was overwritten, and no line says so: this record counts as lost with it", line)
    deliver(LossMarker(cpu: cpu, count: nil), id: id, into: &event)
    return true
  }

  mutating func deliver(_ marker: LossMarker, id: EventID, into event: inout RecordedEvent) {
    event.become(marker, id: id, after: lastTime, name: names.idOfLostEvents())
    names.count(event.name, meaning: 0)
  }

  /// The line may be the front of a comm that holds a newline; the next line decides. False: it is too long for that.
  @discardableResult mutating func keepFragment(_ line: Line, id: EventID) -> Bool {
    guard finder.columns == .wide, line.count >= finder.prefix else { return false }
    let text = UnsafeRawBufferPointer(rebasing: line.bytes.dropFirst(finder.prefix))
    isWatching = true
    if finder.fragment.append(text, line: id) { return true }
    giveUpFragment()
    return finder.fragment.append(text, line: id)
  }

  /// What looked like the front of a comm was not.
  mutating func giveUpFragment() {
    let fragment = finder.fragment
    finder.fragment = CommFragment()
    guard fragment.isWorthSaying else { return }
    fragment.bytes.dropLast().withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      let line = Line(start: start, end: start + bytes.count)
      issues.note(.badLine, line: fragment.line, HeadFailure.noTask.reason, line)
    }
  }
}

// The reader of bpftrace's output, plain and JSON.

import KVMEvents

/// Its lines are not in time stamp order, and one of them can hold several records or a part of one: so an event's id
/// is its position in time stamp order, as in a binary recording, and not a line.
final class BpftraceReader: RecordingReader {
  private var pipeline: TextPipeline
  private var window = ReorderWindow()
  /// What was printed since the last newline, with readable room after it.
  private var printed: [UInt8] = []
  private var arrived: EventID = 0
  /// Events that were dropped so far.
  private var lostCount: UInt64 = 0
  private var delivered: EventID = 0
  private var lastDelivered = Int64.min
  /// All lines are read; events may still wait.
  private var isDrained = false
  private var isJSON = false
  private var isConvention = false
  /// The messages are not one per line: they are cut out of the bytes.
  private var cutter: JSONObjectCutter?
  /// The last line that ended in a name that is not in the catalogue: if the text ends there, it may be part of a name.
  private var lineEndingInName: EventID = 0

  /// Takes over a pipeline whose format is known.
  init(_ pipeline: consuming TextPipeline) {
    self.pipeline = pipeline
    if JSONObjectCutter.isOfMessages(self.pipeline.splitter.undelivered) {
      (cutter, isJSON) = (JSONObjectCutter(), true)
    }
  }

  func read(into events: UnsafeMutableBufferPointer<RecordedEvent>) throws(TraceReadError) -> Int {
    var count = 0
    while count < events.count {
      if let event = window.take(isAtEnd: isDrained) {
        deliver(event, into: &events[count])
        count += 1
      } else if cutter != nil, try readObject() {
        continue
      } else if cutter == nil, let line = try pipeline.nextLine() {
        read(line)
      } else if isDrained {
        break
      } else {
        try finish()
      }
    }
    return count
  }

  private func deliver(_ event: RecordedEvent, into place: inout RecordedEvent) {
    place = event
    delivered += 1
    place.id = delivered
    if event.time.rawValue < lastDelivered {
      pipeline.text.issues.note(
        .timeWentBack, line: pipeline.lines,
        "event \(delivered) came later than \(ReorderWindow.size) events that follow it",
        nil)
    }
    lastDelivered = max(lastDelivered, event.time.rawValue)
  }

  /// The output is at its end: what was printed without a newline is a line too.
  private func finish() throws(TraceReadError) {
    isDrained = true
    if !printed.isEmpty { readPrinted(printed) }
    let isOpen = cutter?.isOpen == true
    try pipeline.finishText(
      endsInsidePrinted: isOpen || !printed.isEmpty, isOdd: isOpen || lineEndingInName == pipeline.lines,
      inside: isOpen ? "its JSON" : "a line")
  }

  private func read(_ line: Line) {
    if line.isCut {
      pipeline.text.issues.note(
        .longLine, line: pipeline.lines, "a line longer than \(LineSplitter.lineLimit) bytes", line)
    } else if line.count > 0, line.start.byte == UInt8(ascii: "{") {
      isJSON = true
      readMessage(line)
    } else {
      readRecord(line)
    }
  }

  /// Continues to the end of the next message. False: there is none.
  private func readObject() throws(TraceReadError) -> Bool {
    while let byte = try pipeline.nextByte() {
      switch cutter?.take(byte) {
      case .more, nil: continue
      case .object: read(cutter?.message, nil)
      case .tooLong:
        pipeline.text.issues.note(
          .longLine, line: pipeline.lines, "a message longer than \(LineSplitter.lineLimit) bytes", nil)
      case .junk:
        pipeline.text.issues.note(.badLine, line: pipeline.lines, "no message of bpftrace's JSON", nil)
      }
      return true
    }
    return false
  }

  private func readMessage(_ line: Line) { read(BpftraceMessage(line), line) }

  private func read(_ message: BpftraceMessage?, _ line: Line?) {
    switch message {
    case nil:
      pipeline.text.issues.note(.badLine, line: pipeline.lines, "no message of bpftrace's JSON", line)
    case .other: break
    case .lost(let count): lose(count)
    case .printed(let bytes): read(printed: bytes)
    }
  }

  /// A printf's bytes end a line at each newline; the rest waits for the next printf.
  private func read(printed bytes: [UInt8]) {
    for byte in bytes {
      if byte == 0x0a {
        readPrinted(printed)
        printed.removeAll(keepingCapacity: true)
      } else if printed.count < LineSplitter.lineLimit {
        printed.append(byte)
      }
    }
  }

  private func readPrinted(_ bytes: [UInt8]) {
    (bytes + [UInt8](repeating: 0, count: LineSplitter.slack)).withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress else { return }
      readRecord(Line(start: start, end: start + bytes.count))
    }
  }

  private func readRecord(_ whole: Line) {
    var line = whole
    line.dropCarriageReturn()
    let head: RecordHead
    do throws(HeadFailure) {
      head = try RecordHead(bpftrace: &line)
    } catch {
      return readOther(line, error.bpftraceReason)
    }
    if head.dash != line.start { isConvention = true }
    var event = RecordedEvent()
    guard let name = pipeline.text.names.id(head.name, head.nameCount) else {
      pipeline.text.issues.note(
        .badLine, line: pipeline.lines, "more different event names than a kernel has", line)
      return
    }
    if head.name + head.nameCount == line.end, !pipeline.text.names.entries[Int(name)].isKnown {
      lineEndingInName = pipeline.lines
    }
    pipeline.text.lastTime = max(pipeline.text.lastTime, head.time)
    if pipeline.text.readEvent(head, Bpftrace.self, name: name, line, id: pipeline.lines, into: &event) { put(event) }
  }

  private func readOther(_ line: Line, _ reason: String) {
    switch BpftraceNote(line) {
    case nil: pipeline.text.issues.note(.badLine, line: pipeline.lines, reason, line)
    case .lost(let count): lose(count)
    case .lostInAll(let count): if count > lostCount { lose(count - lostCount) }
    // Before that bpftrace compiles, and warns of what it compiles: no probe has an event then.
    case .attached: if arrived == 0 { pipeline.text.issues.withdraw(.badLine) }
    case .map, .empty: break
    }
  }

  /// It is not known which CPU's buffer was full, nor when.
  private func lose(_ count: UInt64?) {
    // A hostile count ends nothing.
    lostCount = lostCount.addingReportingOverflow(count ?? 0).partialValue
    pipeline.text.issues.note(
      .formLimit, line: pipeline.lines, "bpftrace does not report on which CPU events were lost, nor when", nil)
    var event = RecordedEvent()
    pipeline.text.deliver(
      LossMarker(cpu: RecordedEvent.unknownCPU, count: count), id: pipeline.lines, into: &event)
    put(event)
  }

  private func put(_ event: RecordedEvent) {
    arrived += 1
    var event = event
    event.id = arrived
    window.put(event)
  }
}

extension HeadFailure {
  fileprivate var bpftraceReason: String {
    switch self {
    case .timeTooLarge, .cpuTooLarge: reason
    case .noTask, .noCPU, .noTime, .oddDecimals, .gluedFlags, .noName:
      "not an event: not of the form `gpc v1 nsecs cpu tid event key=value …`"
    }
  }
}

extension BpftraceReader {
  var tasks: [TraceTask] { pipeline.text.tasks.tasks }
  var names: [EventName] { pipeline.text.names.names }
  var issues: IssueLog { pipeline.text.issues }
  var bytesRead: Int64 { pipeline.source.bytesRead }
  var totalBytes: Int64? { pipeline.source.totalBytes }

  var facts: RecordingFacts {
    // The clock is not printed. bpftrace documents `nsecs` as the time since boot: CLOCK_BOOTTIME, or CLOCK_MONOTONIC
    // on kernels without `bpf_ktime_get_boot_ns()` (before Linux 5.8). Either is one clock for all CPUs.
    var facts = RecordingFacts(
      format: "\(Bpftrace.words), \(isJSON ? "JSON" : "plain"), \(isConvention ? "gpc v1" : "an older script's words")",
      byteCount: bytesRead, lineCount: pipeline.lines, clock: .boot, clockSource: .convention, eventPlace: .event)
    facts.contentHash = pipeline.contentHash
    facts.incomplete = pipeline.incomplete
    return facts
  }
}

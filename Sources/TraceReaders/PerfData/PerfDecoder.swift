// Records of a perf.data into events: what `RecordDecoder` is for the ring buffer's.

import KVMEvents

struct PerfDecoder: ~Copyable {
  var tasks = TaskTable()
  var names: EventNameTable
  var issues: IssueLog
  var comms = ThreadComms()
  let events: PerfEventTable
  private var plans: EventPlanTable
  private let isBigEndian: Bool
  private let keepsUnknown: Bool
  var lastTime = Int64.min
  /// Samples and losses so far: an event's id is its number among them.
  private(set) var count: EventID = 0
  /// By CPU, losses reported by records in the middle of the file.
  private var toldLosses: [Int32: UInt64] = [:]

  init(_ contents: PerfDataContents, options: TraceReadOptions) throws(TraceReadError) {
    names = EventNameTable(catalogue: options.catalogue)
    let formats = contents.formatList.formats
    names.list(formats.map(\.name))
    plans = try PerfDataFault.converting(PerfDataFault.tracingData) { () throws(TraceReadError) in
      try EventPlanTable(formats)
    }
    issues = contents.formatList.issues
    events = contents.events
    isBigEndian = contents.header.isBigEndian
    keepsUnknown = options.keepsUnknown
    noteFormLimits()
  }

  /// Reads the next record. True: `event` is its event; false: it has none to deliver.
  mutating func read(_ record: PerfRecord, into event: inout RecordedEvent) -> Bool {
    switch record.kind {
    case .sample: return readSample(record, into: &event)
    case .lost: readLoss(record, count: record.number(at: 16, UInt64.self), into: &event)
    case .lostSamples: readLoss(record, count: record.number(at: 8, UInt64.self), into: &event)
    case .comm:
      comms.readComm(record)
      return false
    case .fork:
      comms.readFork(record)
      return false
    case _: return false
    }
    return true
  }

  private mutating func readSample(_ sample: PerfRecord, into event: inout RecordedEvent) -> Bool {
    count += 1
    guard let attribute = events.attribute(ofSample: sample) else {
      return noteRecord("of an event that the file does not list", nil)
    }
    guard let head = SampleHead(sample, attribute) else { return noteRecord("shorter than its event's samples", nil) }
    guard head.cpu < cpusMax else { return noteRecord("on a CPU that no Linux has", head) }
    guard let time = TraceTimestamp(recorded: head.time ?? UInt64(max(lastTime, 0)))?.rawValue else {
      return noteRecord(HeadFailure.timeTooLarge.reason, head)
    }
    if !attribute.isTracepoint { return readOther(attribute, head, time, into: &event) }
    guard let raw = attribute.layout.raw(of: sample), let record = raw.baseAddress else {
      return noteRecord("its fields reach past it", head)
    }
    guard raw.count >= plans.type.end else { return noteRecord("shorter than the number of its event", head) }
    let type = plans.type.value(in: record, isBigEndian: isBigEndian)
    guard type == attribute.config else {
      return noteRecord("event \(type) in a sample of event \(attribute.config)", head)
    }
    guard let plan = plans.plan(Int(type), &names) else { return noteRecord("event \(type) has no format", head) }
    guard raw.count >= plan.pid.end else { return noteRecord("shorter than its event's common fields", head) }
    begin(time, head)
    if !plan.isKnown {
      noteUnknown(plan.name, head)
      if !keepsUnknown { return false }
    }
    let pid = Int32(truncatingIfNeeded: plan.pid.value(in: record, isBigEndian: isBigEndian))
    fill(&event, head, time, plan.name, plan.kind, pid: pid)
    let faults = plan.read(record, bytes: raw.count, isBigEndian: isBigEndian, into: &event)
    if !faults.isClean || plan.missing.rawValue != 0 || event.endsBeforeItsStart {
      issues.noteFields(faults, plan, names.entries[Int(plan.name)], event, at: count, place: head.place)
    }
    if plan.isKnown { names.count(plan.name, meaning: plan.meaning) }
    return true
  }

  /// A sample of an event that is not a tracepoint.
  private mutating func readOther(
    _ attribute: PerfAttribute, _ head: SampleHead, _ time: Int64, into event: inout RecordedEvent
  ) -> Bool {
    guard let name = names.id(of: attribute.name) else { return noteRecord("one name too many", head) }
    begin(time, head)
    noteUnknown(name, head)
    if !keepsUnknown { return false }
    fill(&event, head, time, name, .bystander, pid: 0)
    return true
  }

  private mutating func begin(_ time: Int64, _ head: SampleHead) {
    if time < lastTime { noteTime(time, head) }
    lastTime = time
  }

  /// - Parameter pid: of the thread, if perf does not give it: it has no number for an exiting one.
  private mutating func fill(
    _ event: inout RecordedEvent, _ head: SampleHead, _ time: Int64, _ name: EventNameID, _ kind: EventKind, pid: Int32
  ) {
    event.clear()
    event.id = count
    event.time = TraceTimestamp(rawValue: time)
    event.cpu = Int32(head.cpu)
    event.pid = head.tid >= 0 ? head.tid : pid
    event.task = tasks.id(comms.key(tid: event.pid), pid: event.pid, tgid: head.pid, cpu: event.cpu)
    event.name = name
    event.kind = kind
  }

  private mutating func readLoss(_ record: PerfRecord, count lost: UInt64?, into event: inout RecordedEvent) {
    let cpu = cpu(of: record)
    if let lost { toldLosses[cpu] = toldLosses[cpu, default: 0].addingReportingOverflow(lost).partialValue }
    deliver(LossMarker(cpu: cpu, count: lost), into: &event)
  }

  /// On this CPU; on all, if it is not known.
  func toldLosses(on cpu: Int32) -> UInt64 {
    if cpu != RecordedEvent.unknownCPU { return toldLosses[cpu, default: 0] }
    return toldLosses.values.reduce(0) { $0.addingReportingOverflow($1).partialValue }
  }

  /// By the record's trailer; `RecordedEvent.unknownCPU` if it has none.
  func cpu(of record: PerfRecord) -> Int32 {
    guard let place = events.attribute(ofOther: record)?.layout.trailer.cpu,
      let cpu = record.number(at: record.bytes - place, UInt32.self), cpu < cpusMax
    else { return RecordedEvent.unknownCPU }
    return Int32(cpu)
  }

  mutating func deliver(_ marker: LossMarker, into event: inout RecordedEvent) {
    count += 1
    event.become(marker, id: count, after: lastTime, name: names.idOfLostEvents())
    names.count(event.name, meaning: 0)
  }
}

// Records of the ring buffer into events: the counterpart of `TraceCmdText` for lines.

import KVMEvents

struct RecordDecoder: ~Copyable {
  private(set) var tasks = TaskTable()
  var names: EventNameTable
  var issues: IssueLog
  private(set) var marks = RecordingMarks()
  private var plans: EventPlanTable
  private let comms: SavedComms
  private var taskOfPid: [Int32: TaskID] = [:]
  private let isBigEndian: Bool
  private let keepsUnknown: Bool
  private(set) var lastTime = Int64.min
  /// Records and losses so far: an event's id is its number among them.
  private(set) var count: EventID = 0

  init(_ contents: TraceDatContents, options: TraceReadOptions) throws(TraceReadError) {
    names = EventNameTable(catalogue: options.catalogue)
    names.list(contents.formatList.formats.map(\.name))
    plans = try EventPlanTable(contents.formatList.formats)
    comms = contents.comms
    issues = contents.formatList.issues
    isBigEndian = contents.header.isBigEndian
    keepsUnknown = options.keepsUnknown
  }

  /// Reads the stream's current record. True: `event` is its event; false: it has none to deliver.
  @inline(__always)
  mutating func read(_ stream: UnsafeMutablePointer<CPUStream>, into event: inout RecordedEvent) -> Bool {
    count += 1
    let record = stream.pointee.record
    let bytes = stream.pointee.recordBytes
    guard bytes >= plans.type.end else { return noteRecord("shorter than the number of its event", stream) }
    let type = Int(truncatingIfNeeded: plans.type.value(in: record, isBigEndian: isBigEndian))
    guard let plan = plans.plan(type, &names) else { return noteRecord("event \(type) has no format", stream) }
    guard bytes >= plan.pid.end else { return noteRecord("shorter than its event's common fields", stream) }
    guard let time = TraceTimestamp(recorded: stream.pointee.time)?.rawValue else {
      return noteRecord(HeadFailure.timeTooLarge.reason, stream)
    }
    if time < lastTime { noteTime(time, stream) }
    lastTime = time
    if !plan.isKnown {
      noteUnknown(plan, stream)
      if plan.tellsComms {
        plans.tellers[type]?.read(record, bytes: bytes, isBigEndian: isBigEndian, into: &tasks)
      }
      if !keepsUnknown { return false }
    }
    event.clear()
    event.id = count
    event.time = TraceTimestamp(rawValue: time)
    event.cpu = stream.pointee.cpu
    event.pid = Int32(truncatingIfNeeded: plan.pid.value(in: record, isBigEndian: isBigEndian))
    event.task = task(event.pid, stream)
    event.name = plan.name
    event.kind = plan.kind
    readFields(plan, stream, into: &event)
    if plan.markPlace >= 0, plan.markPlace < bytes {
      marks.read(record + plan.markPlace, record + bytes, line: count)
    }
    if plan.isKnown { names.count(plan.name, meaning: plan.meaning) }
    return true
  }

  @inline(__always)
  private mutating func readFields(
    _ plan: EventPlan, _ stream: UnsafeMutablePointer<CPUStream>, into event: inout RecordedEvent
  ) {
    let faults = plan.read(
      stream.pointee.record, bytes: stream.pointee.recordBytes, isBigEndian: isBigEndian, into: &event)
    if !faults.isClean || plan.missing.rawValue != 0 || event.endsBeforeItsStart {
      noteFields(faults, plan, event, stream)
    }
  }

  @inline(__always)
  private mutating func task(_ pid: Int32, _ stream: UnsafeMutablePointer<CPUStream>) -> TaskID {
    if stream.pointee.pid == pid, stream.pointee.task >= 0 { return stream.pointee.task }
    // A task without a saved comm may get another one from record to record.
    guard comms.holds(pid) else { return tasks.id(.untold, pid: pid, tgid: -1, cpu: stream.pointee.cpu) }
    let task = taskOfPid[pid] ?? newTask(pid, cpu: stream.pointee.cpu)
    stream.pointee.pid = pid
    stream.pointee.task = task
    return task
  }

  private mutating func newTask(_ pid: Int32, cpu: Int32) -> TaskID {
    let task = tasks.id(comms.key(pid: pid), pid: pid, tgid: -1, cpu: cpu)
    taskOfPid[pid] = task
    return task
  }

  /// What was lost before the stream's current record, or after its last one.
  mutating func readLoss(_ stream: UnsafeMutablePointer<CPUStream>, into event: inout RecordedEvent) {
    var lost: UInt64?
    if case .some(let known) = stream.pointee.loss { lost = known }
    deliver(LossMarker(cpu: stream.pointee.cpu, count: lost), into: &event)
  }

  mutating func deliver(_ marker: LossMarker, into event: inout RecordedEvent) {
    count += 1
    event.become(marker, id: count, after: lastTime, name: names.idOfLostEvents())
    names.count(event.name, meaning: 0)
  }
}

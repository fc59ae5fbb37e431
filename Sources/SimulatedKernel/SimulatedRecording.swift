// A run as it was recorded: some of its records, by clocks that are off, as the text of `trace-cmd report -t`.

import KVMEvents

package struct SimulatedRecording: Sendable {
  package let run: SimulatedRun
  package private(set) var text = ""
  /// The line of each record that is in the recording.
  package private(set) var lines: [EventID?]
  /// The stamp of each record, in the recording or not.
  package private(set) var stamps: [Int64]
  private let plan: RecordingPlan

  private struct Printed {
    let record: RecordNumber
    let time: Int64
  }

  package init(_ run: SimulatedRun, _ plan: RecordingPlan? = nil) {
    self.run = run
    let plan = plan ?? RecordingPlan(drawnFrom: run)
    self.plan = plan
    lines = Array(repeating: nil, count: run.records.count)
    stamps = Array(repeating: 0, count: run.records.count)
    let stamped = Self.stamped(run)
    for record in stamped { stamps[record.record] = record.time }
    let printed = stamped.filter { plan.keeps(run.records[$0.record]) && plan.keeps($0.time) }
    print(printed, losing: gaps(plan, in: printed))
  }

  /// These probes are set as they should be, and none of their events was lost or cut off.
  package func isWhole(_ probes: Set<ProbePoint> = Set(ProbePoint.allCases)) -> Bool {
    plan.misread.isEmpty && zip(run.records, lines).allSatisfy { !probes.contains($0.point) || $1 != nil }
  }

  /// Something was omitted without a marker.
  package var isFiltered: Bool { !plan.hiddenTasks.isEmpty || !plan.hiddenCPUs.isEmpty }

  /// The definitions read this field at another offset.
  /// - Parameter orItsPartner: or the one that it is compared with, if nothing shows which of the two it is.
  package func isMisread(_ kind: EventKind, _ field: EventField, orItsPartner: Bool = false) -> Bool {
    let partners: [EventField: EventField] = [
      .generation: .slotsGeneration, .slotsGeneration: .generation, .seq: .mmuSeq, .mmuSeq: .seq,
    ]
    if orItsPartner, let partner = partners[field], isMisread(kind, partner) { return true }
    let isOfHook = kind == .mnInvalidateRangeStart || kind == .mnInvalidateRangeEnd
    let key: String? =
      switch field {
      case .activeInvalidations: isOfHook ? "active" : "active_inv"
      case .active: "active"
      case .valid: "valid"
      case .seq: "seq"
      case .mmuSeq: "mmu_seq"
      case .generation: "gen"
      case .slotsGeneration: "slotsgen"
      case .kvm, .gpc, .uhva, .gpa, .pfn, .ret, .len, .start, .end, .mn, .mm, .flags, .mnEvent, .oldGpa, .oldUhva,
        .khva,
        .slot, .write:
        nil
      }
    return key.flatMap { plan.misread[$0] } != nil
  }

  /// It was made while it was recorded.
  package func isInside(_ record: RecordNumber?) -> Bool { record.map { plan.keeps(stamps[$0]) } ?? true }

  // MARK: Clocks

  /// By their stamps; at one stamp by CPU, as trace-cmd merges the CPUs' buffers.
  private static func stamped(_ run: SimulatedRun) -> [Printed] {
    var lastStamps: [Int: (time: Int64, task: Int)] = [:]
    let printed = run.records.indices.map { index in
      let record = run.records[index]
      var time = record.time + error(of: record, run.settings)
      if let last = lastStamps[record.cpu] { time = max(time, last.time + (last.task == record.task ? 1 : 0)) }
      lastStamps[record.cpu] = (time, record.task)
      return Printed(record: index, time: time)
    }
    return printed.sorted {
      ($0.time, run.records[$0.record].cpu, $0.record) < ($1.time, run.records[$1.record].cpu, $1.record)
    }
  }

  /// 0 ... delta: one value for what an operation does on a CPU, or in some runs for each of its probes, so that it
  /// stays when others are removed.
  private static func error(of record: SimulatedRecord, _ settings: SimulationSettings) -> Int64 {
    let probe = settings.seed % 3 == 0 ? record.point.rawValue.utf8.reduce(0) { $0 &* 31 &+ Int($1) } : 0
    var chance = Dice(seed: settings.seed ^ 0x7ace, stream: (probe &* 4096 &+ record.operation) &* 256 &+ record.cpu)
    return Int64(chance.within(0...Int(settings.recording.deltaNs)))
  }

  // MARK: Gaps

  /// The records that a gap swallows, and the record before which its marker is.
  private struct Gaps {
    var lost: Set<RecordNumber> = []
    var markers: [RecordNumber: String] = [:]
  }

  private func gaps(_ plan: RecordingPlan, in printed: [Printed]) -> Gaps {
    var gaps = Gaps()
    for gap in plan.gaps {
      let records = printed.filter { run.records[$0.record].cpu == gap.cpu }
      let lost = records.filter { gap.begin <= $0.time && $0.time <= gap.end && !gaps.lost.contains($0.record) }
      // The tracer reports a gap when the CPU's next record comes.
      guard let last = lost.last, let next = records.first(where: { $0.record > last.record }),
        !gaps.lost.contains(next.record), lost.allSatisfy({ gaps.markers[$0.record] == nil })
      else { continue }
      gaps.lost.formUnion(lost.map(\.record))
      gaps.markers[next.record] =
        gap.tellsCount ? "CPU:\(gap.cpu) [\(lost.count) EVENTS DROPPED]" : "CPU:\(gap.cpu) [EVENTS DROPPED]"
    }
    return gaps
  }

  // MARK: Text

  private mutating func print(_ printed: [Printed], losing gaps: Gaps) {
    var rows = ["cpus=\(run.workload.machine.cpuCount)"]
    for record in printed where !gaps.lost.contains(record.record) {
      if let marker = gaps.markers[record.record] { rows.append(marker) }
      rows.append(row(record))
      lines[record.record] = EventID(rows.count)
    }
    text = rows.joined(separator: "\n") + "\n"
  }

  private func row(_ printed: Printed) -> String {
    let record = run.records[printed.record]
    let task = run.workload.tasks[record.task]
    let comm = String(repeating: " ", count: max(0, 16 - task.comm.utf8.count)) + task.comm
    let pid = "\(task.pid)".padded(5)
    let cpu = "\(record.cpu)".padded(left: "0", 3)
    let nanoseconds = "\(printed.time % 1_000_000_000)".padded(left: "0", 9)
    let seconds = "\(printed.time / 1_000_000_000)".padded(left: " ", 5)
    let name = "\(record.point.rawValue):".padded(21)
    let place = record.point.isTracepoint ? "" : record.point.isReturn ? "(f <- f)" : "(f)"
    let body = [name, place, fields(record)].filter { !$0.isEmpty }.joined(separator: " ")
    return "\(comm)-\(pid) [\(cpu)] \(seconds).\(nanoseconds): \(body)"
  }
}

extension SimulatedRecording {
  /// As the current definitions read them.
  private func fields(_ record: SimulatedRecord) -> String {
    if plan.misread.isEmpty { return record.fields }
    let isOfHook = record.point == .mnInvalidateRangeStart || record.point == .mnInvalidateRangeEnd
    let words = record.fields.split(separator: " ").map { word in
      let key = String(word.prefix { $0 != "=" })
      let isByte = key == "valid" || key == "active" && !isOfHook
      return plan.misread[key].map { "\(key)=\(value($0, isByte: isByte, key, record))" } ?? String(word)
    }
    return words.joined(separator: " ")
  }

  private func value(
    _ misreading: RecordingPlan.Misreading, isByte: Bool, _ key: String, _ record: SimulatedRecord
  ) -> UInt64 {
    switch misreading {
    case .zero: return 0
    case .one: return 1
    case .garbage:
      var chance = Dice(
        seed: run.settings.seed ^ UInt64(key.utf8.reduce(0) { $0 &* 31 &+ Int($1) }), stream: Int(record.time))
      return isByte ? chance.next() & 0xff : chance.next()
    }
  }

  /// A count is read at another offset: it cannot be distinguished from missing events, unless the value is impossible.
  package var hasMisreadCount: Bool { plan.misread["active"] != nil || plan.misread["active_inv"] != nil }

  /// The reader drops invalid flags, and reports it.
  package var hasGarbageFlags: Bool { ["active", "valid"].contains { plan.misread[$0] == .garbage } }
}

extension String {
  fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - utf8.count)) }

  fileprivate func padded(left: Character, _ width: Int) -> String {
    String(repeating: left, count: max(0, width - utf8.count)) + self
  }
}

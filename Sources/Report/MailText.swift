// `explain --mail`: a finding, or a counterexample, with the recorded lines, ready to be put into a mail.

import KVMEvents
import TextLayout
import TraceStore

/// What a mail to the kvm list says of one number of a database.
package struct MailText {
  private let title: String
  /// Who did it to whom.
  private let note: String?
  private let timeline: MailTimeline
  /// Recorded events by their places, in any order.
  private let events: [Int64]
  private let database: TraceDatabase
  private let command: String

  /// nil: there is no such finding or counterexample.
  /// - Parameter path: of the database.
  package init?(_ id: Int64, in database: TraceDatabase, path: String) throws(TraceStoreError) {
    self.database = database
    command = "gpc-replay explain \(shellWord(path)) \(id) --mail"
    if let detail = try FindingDetail(id, in: database) {
      title = detail.summary
      note = detail.excess?.sentence ?? detail.who
      events = detail.proof.map(\.line)
      timeline = MailTimeline(try Self.rows(ofFinding: id, event: detail.event, in: database))
    } else if let counterexample = try CounterexampleDetail(id, in: database) {
      title = "\(counterexample.form): \(counterexample.title) (an order that was not recorded)"
      note = nil
      events = Array(try database.storedCounterexample(id)?.events ?? [])
      timeline = MailTimeline(Self.rows(of: counterexample))
    } else {
      return nil
    }
  }

  package func lines() throws(TraceStoreError) -> [String] {
    let facts = try database.facts()
    let said = [title, note].compactMap(\.self).flatMap { MailTimeline.broken($0 + ".", indent: 0) }
    let lines = said + [""] + timeline.lines + [""] + (try eventLines(facts)) + [""]
    let kernel = facts.kernelRelease?.text ?? "not named by the recording"
    let origin = ["Kernel: \(kernel)", "Workload: \(try workload(facts))", "Command: \(command)"]
    return (lines + origin.flatMap { MailTimeline.broken($0, indent: 0) }).map(\.printable)
  }

  /// What the recording says of how it was made, else its name.
  private func workload(_ facts: RecordingFacts) throws(TraceStoreError) -> String {
    let mark = try database.recordingMarks().first { $0.text.hasPrefix("recorded on ") }
    return mark?.text ?? "as in \(inputName(facts.fileName))"
  }

  private func eventLines(_ facts: RecordingFacts) throws(TraceStoreError) -> [String] {
    let unit = facts.stampUnit
    var lines: [String] = []
    var first: Int64?
    for event in Set(events).sorted() {
      let row = try database.statement(
        """
        SELECT event.ts_ns AS ts_ns, event.cpu AS cpu, event_text.comm || '-' || event_text.pid AS task,
          event_text.name AS name, event_text.fields AS fields
        FROM event JOIN event_text ON event_text.id = event.id WHERE event.id = ?1
        """, event)
      guard try row.step() else { continue }
      let stamp = row.integer("ts_ns")
      first = first ?? stamp
      let time = unit.shortFigure(stamp.subtractingClamped(first ?? 0))
      let moment = unit.stamp(stamp, resolutionNs: facts.resolutionNs)
      let place = "\(facts.eventPlace.rawValue) \(event), \(moment) (+\(time) \(unit.shortName))"
      lines += MailTimeline.broken("\(place), CPU \(row.integer("cpu")), \(row.text("task")):", indent: 0)
      lines += MailTimeline.broken("\(row.text("name")): \(row.text("fields"))", indent: 2)
    }
    return lines
  }

  // MARK: Rows

  private static func rows(
    ofFinding id: Int64, event: Int64, in database: TraceDatabase
  ) throws(TraceStoreError) -> [MailTimeline.Row] {
    let row = try database.statement(
      """
      SELECT event.id AS id, event_text.comm || '-' || event_text.pid AS task, event.kind_id AS kind_id,
        event_text.name AS name, event.ret AS ret
      FROM finding_event JOIN event ON event.id = finding_event.event_id JOIN event_text ON event_text.id = event.id
      WHERE finding_event.finding_id = ?1 ORDER BY position
      """, id)
    var rows: [MailTimeline.Row] = []
    while try row.step() {
      let kind = EventKind(rawValue: UInt8(truncatingIfNeeded: row.integer("kind_id"))) ?? .bystander
      let returned = row.optionalInteger("ret").map { " = \($0)" } ?? ""
      let words = kind.mailWords.map { $0.isReturn ? $0.text + returned : $0.text } ?? row.text("name")
      let mark = row.integer("id") == event ? "  <== here" : ""
      rows.append(
        MailTimeline.Row(task: row.text("task"), text: words + mark, isInside: kind.mailWords?.isInside ?? false))
    }
    return rows
  }

  private static func rows(of counterexample: CounterexampleDetail) -> [MailTimeline.Row] {
    var rows: [MailTimeline.Row] = []
    /// By task: the function that it is in.
    var functions: [String: String] = [:]
    for step in counterexample.steps {
      if functions[step.task] != step.function {
        rows.append(MailTimeline.Row(task: step.task, text: step.function))
        functions[step.task] = step.function
      }
      let again = step.isLoop ? " (repeated indefinitely)" : ""
      rows.append(MailTimeline.Row(task: step.task, text: step.statement + again, isInside: true))
    }
    return rows
  }
}

extension EventKind {
  /// The kernel's own name for the lock or hook; nil: the event's name has to do.
  fileprivate var mailWords: (text: String, isInside: Bool, isReturn: Bool)? {
    switch self {
    case .mnInvalidateRangeStart: ("kvm_mmu_notifier_invalidate_range_start()", false, false)
    case .gpcInvalidateStart: ("gfn_to_pfn_cache_invalidate_start()", true, false)
    case .kvmUnmapHvaRange: ("kvm_unmap_hva_range", true, false)
    case .mnInvalidateRangeStartRet: ("return", true, true)
    case .mnInvalidateRangeEnd: ("kvm_mmu_notifier_invalidate_range_end()", false, false)
    case .mnInvalidateEndKvm: ("mn_active_invalidate_count--", true, false)
    case .mnInvalidateRangeEndRet: ("return", true, false)
    case .gpcInit: ("kvm_gpc_init()", false, false)
    case .gpcActivate: ("kvm_gpc_activate()", false, false)
    case .gpcActivateHva: ("kvm_gpc_activate_hva()", false, false)
    case .gpcDeactivate: ("kvm_gpc_deactivate()", false, false)
    case .gpcRefresh: ("kvm_gpc_refresh()", false, false)
    case .lockedRefresh: ("__kvm_gpc_refresh()", false, false)
    case .gfnToPfnCacheRefresh: ("kvm_gfn_to_pfn_cache_refresh()", false, false)
    case .gpcRetryLoop: ("hva_to_pfn_retry(), loop top", true, false)
    case .hvaToPfn: ("hva_to_pfn()", true, false)
    case .hvaToPfnRet: ("hva_to_pfn() returns", true, false)
    case .gpcRetryCheck: ("mmu_notifier_retry_cache()", true, false)
    case .gpcRefreshDone: ("gpc->valid = true", true, false)
    case .gpcCheck: ("kvm_gpc_check()", false, false)
    case .gpcCheckRet, .gpcActivateRet, .gpcActivateHvaRet, .gpcRefreshRet, .lockedRefreshRet: ("return", true, true)
    case .gpcDeactivateRet: ("return", true, false)
    case .gpcUnmap: ("kvm_gfn_to_pfn_cache_unmap()", false, false)
    case .setMemoryRegion: ("__kvm_set_memory_region()", false, false)
    case .setMemoryRegionRet: ("return", true, true)
    case .mnInvalidateRange, .mnChangePte, .bystander, .lostEvents: nil
    }
  }
}

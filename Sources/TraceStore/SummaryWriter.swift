// The names, the dirt and the facts of an import into their tables.

import KVMEvents

/// Writes what is known at the end only.
struct SummaryWriter {
  let connection: Connection

  func write(_ summary: ImportSummary, stored: Set<EventNameID>) throws(TraceStoreError) {
    try write(tasks: summary.tasks)
    try write(names: summary.names, stored: stored)
    try write(issues: summary.issues, counts: summary.issueCounts)
    try write(summary.marks)
    try write(summary.trace)
    if let replay = summary.replay { try write(replay) }
  }

  private func write(tasks: [TraceTask]) throws(TraceStoreError) {
    let statement = try connection.prepare(insert("task", columns: 5))
    for (id, task) in tasks.enumerated() {
      let comm = String(decoding: task.comm, as: UTF8.self)
      statement.bind(1, Int64(id))
      statement.bind(2, Int64(task.pid))
      statement.bind(3, task.tgid.map(Int64.init))
      statement.bind(4, comm)
      statement.bind(5, blob: comm.utf8.elementsEqual(task.comm) ? nil : task.comm)
      try statement.run()
    }
  }

  private func write(names: [EventName], stored: Set<EventNameID>) throws(TraceStoreError) {
    let statement = try connection.prepare(insert("event_name", columns: 6))
    for (id, name) in names.enumerated() {
      statement.bind(1, Int64(id))
      statement.bind(2, name.name)
      statement.bind(3, name.kind.map { Int64($0.rawValue) })
      statement.bind(4, name.count)
      statement.bind(5, stored.contains(EventNameID(id)) ? 1 : 0)
      statement.bind(6, name.isListed ? 1 : 0)
      try statement.run()
    }
  }

  private func write(issues: [ImportIssue], counts: [ImportIssueKind: Int64]) throws(TraceStoreError) {
    let count = try connection.prepare(insert("import_issue_count", columns: 3))
    for kind in ImportIssueKind.allCases {
      guard let occurrences = counts[kind], occurrences > 0 else { continue }
      count.bind(1, kind.rawValue)
      count.bind(2, kind.severity.rawValue)
      count.bind(3, occurrences)
      try count.run()
    }
    let issue = try connection.prepare(insert("import_issue", columns: 5))
    for (index, row) in issues.enumerated() {
      issue.bind(1, Int64(index + 1))
      issue.bind(2, row.kind.rawValue)
      issue.bind(3, row.line)
      issue.bind(4, row.reason)
      issue.bind(5, row.excerpt)
      try issue.run()
    }
  }

  private func write(_ marks: [RecordingMark]) throws(TraceStoreError) {
    let statement = try connection.prepare(insert("recording_mark", columns: 3))
    for (index, mark) in marks.enumerated() {
      statement.bind(1, Int64(index + 1))
      statement.bind(2, mark.line)
      statement.bind(3, mark.text)
      try statement.run()
    }
  }

  private func write(_ trace: TraceFacts) throws(TraceStoreError) {
    let statement = try connection.prepare(insert("trace", columns: 18))
    statement.bind(1, 1)
    statement.bind(2, trace.fileName)
    statement.bind(3, trace.contentHash)
    statement.bind(4, trace.toolVersion)
    statement.bind(5, trace.format)
    statement.bind(6, trace.byteCount)
    statement.bind(7, trace.lineCount)
    statement.bind(8, trace.eventCount)
    statement.bind(9, trace.firstTime?.rawValue)
    statement.bind(10, trace.lastTime?.rawValue)
    statement.bind(11, trace.clock.rawValue)
    statement.bind(12, trace.clockSource.rawValue)
    statement.bind(13, trace.stampUnit.rawValue)
    statement.bind(14, trace.resolutionNs)
    statement.bind(15, trace.incomplete)
    statement.bind(16, trace.importOptions)
    statement.bind(17, trace.eventPlace.rawValue)
    statement.bind(18, trace.kernelRelease?.text)
    try statement.run()
  }

  func write(_ replay: ReplaySettings) throws(TraceStoreError) {
    let statement = try connection.prepare(insert("replay", columns: 7))
    statement.bind(1, 1)
    statement.bind(2, replay.toolVersion)
    statement.bind(3, replay.form)
    statement.bind(4, replay.formReason.rawValue)
    statement.bind(5, replay.deltaNs)
    statement.bind(6, replay.retriesMax)
    statement.bind(7, replay.stallMaxNs)
    try statement.run()
  }
}

// The names, the malformed input and the facts of an import into their tables.

import KVMEvents

/// Writes what is known at the end only.
struct SummaryWriter {
  let connection: Connection

  func write(_ summary: ImportSummary, stored: Set<EventNameID>) throws(TraceStoreError) {
    let tasks: TableWriter<TraceTask> = try TableWriter(on: connection)
    for (id, task) in summary.tasks.enumerated() { try tasks.write(task, id: Int64(id)) }
    let names: TableWriter<StoredEventName> = try TableWriter(on: connection)
    for (id, name) in summary.names.enumerated() {
      try names.write(StoredEventName(name: name, isStored: stored.contains(EventNameID(id))), id: Int64(id))
    }
    let counts: TableWriter<ImportIssueCount> = try TableWriter(on: connection)
    for kind in ImportIssueKind.allCases {
      guard let count = summary.issueCounts[kind], count > 0 else { continue }
      try counts.write(ImportIssueCount(kind: kind, count: count))
    }
    try TableWriter(on: connection).write(numbered: summary.issues)
    try TableWriter(on: connection).write(numbered: summary.marks)
    try connection.insert(facts: summary.trace, into: "trace")
    if let replay = summary.replay { try write(replay) }
  }

  func write(_ replay: ReplaySettings) throws(TraceStoreError) {
    try connection.insert(facts: replay, into: "replay")
  }
}

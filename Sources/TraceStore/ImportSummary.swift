// What an importer knows at its end: the last input of a writer.

import KVMEvents

/// The names, the issues and the facts of a finished import.
package struct ImportSummary: Sendable {
  package var trace: RecordingFacts
  /// By `TaskID`.
  package var tasks: [TraceTask]
  /// By `EventNameID`.
  package var names: [EventName]
  /// The kept occurrences.
  package var issues: [ImportIssue]
  /// How often each kind occurred in total.
  package var issueCounts: [ImportIssueKind: Int64]
  /// What the recording states about itself.
  package var marks: [RecordingMark]
  /// nil: imported only.
  package var replay: ReplaySettings?

  package init(
    trace: RecordingFacts, tasks: [TraceTask], names: [EventName], issues: [ImportIssue],
    issueCounts: [ImportIssueKind: Int64], marks: [RecordingMark] = [], replay: ReplaySettings?
  ) {
    self.trace = trace
    self.tasks = tasks
    self.names = names
    self.issues = issues
    self.issueCounts = issueCounts
    self.marks = marks
    self.replay = replay
  }
}

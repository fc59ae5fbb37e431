// What `explore` found, as the database keeps it; rows of the tables `exploration`, `counterexample` and their details.

import KVMEvents

/// One exploration of a recording.
package struct ExplorationRow: Sendable {
  package var toolVersion: String
  package var form: String
  package var memory: String
  /// nil: program order only.
  package var deltaNs: Int64?
  package var windowCount: Int
  package var completeCount: Int
  package var truncatedCount: Int
  /// The bounds' words, separated by `, `; nil: none was cut off.
  package var truncatedBy: String?
  package var skippedCount: Int
  package var contractCount: Int
  package var staleCount: Int
  /// Deadlocks and livelocks.
  package var stuckCount: Int
  package var spinsCount: Int
  package var stateCount: Int
  package var transitionCount: Int
  package var statesMax: Int
  /// Bytes.
  package var memoryMax: Int
  package var seed: UInt64

  package init(
    toolVersion: String, form: String, memory: String, deltaNs: Int64?, windowCount: Int, completeCount: Int,
    truncatedCount: Int, truncatedBy: String?, skippedCount: Int, contractCount: Int, staleCount: Int, stuckCount: Int,
    spinsCount: Int,
    stateCount: Int, transitionCount: Int,
    statesMax: Int, memoryMax: Int, seed: UInt64
  ) {
    self.toolVersion = toolVersion
    self.form = form
    self.memory = memory
    self.deltaNs = deltaNs
    self.windowCount = windowCount
    self.completeCount = completeCount
    self.truncatedCount = truncatedCount
    self.truncatedBy = truncatedBy
    self.skippedCount = skippedCount
    self.contractCount = contractCount
    self.staleCount = staleCount
    self.stuckCount = stuckCount
    self.spinsCount = spinsCount
    self.stateCount = stateCount
    self.transitionCount = transitionCount
    self.statesMax = statesMax
    self.memoryMax = memoryMax
    self.seed = seed
  }
}

/// A counterexample: its recorded events, and its schedule.
package struct CounterexampleRow: Sendable {
  package struct Step: Sendable {
    package var task: String
    package var function: String
    package var statement: String
    package var locks: String
    package var event: EventID?
    package var isWhatIf: Bool
    package var valid: Bool
    package var needsInvalidation: Bool?
    package var pfn: String
    package var activeInvalidations: Int
    package var seq: Int
    package var isLoop: Bool

    package init(
      task: String, function: String, statement: String, locks: String, event: EventID?, isWhatIf: Bool, valid: Bool,
      needsInvalidation: Bool?, pfn: String, activeInvalidations: Int, seq: Int, isLoop: Bool
    ) {
      self.task = task
      self.function = function
      self.statement = statement
      self.locks = locks
      self.event = event
      self.isWhatIf = isWhatIf
      self.valid = valid
      self.needsInvalidation = needsInvalidation
      self.pfn = pfn
      self.activeInvalidations = activeInvalidations
      self.seq = seq
      self.isLoop = isLoop
    }
  }

  package var window: Int
  package var verdict: String
  package var title: String
  /// As `explain` prints it.
  package var text: String
  /// Columns of `text`, as far as its words allow.
  package static let textWidth = 80
  /// Ascending.
  package var events: [EventID]
  package var steps: [Step]

  package init(window: Int, verdict: String, title: String, text: String, events: [EventID], steps: [Step]) {
    self.window = window
    self.verdict = verdict
    self.title = title
    self.text = text
    self.events = events
    self.steps = steps
  }
}

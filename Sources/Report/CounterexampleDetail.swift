// A stored counterexample as values: what `explain --json` prints.

import TraceStore

/// A counterexample of `explore` with its schedule.
package struct CounterexampleDetail: Encodable, Sendable {
  package struct Step: Encodable, Sendable {
    package let task: String
    package let function: String
    package let statement: String
    package let locks: String
    /// The recorded event that it comes after.
    package let event: Int64?
    package let isWhatIf: Bool
    /// Repeated for ever.
    package let isLoop: Bool
  }

  package let id: Int64
  package let form: String
  package let verdict: String
  package let title: String
  /// From 1.
  package let window: Int64
  package let steps: [Step]

  /// nil: there is none of that number.
  package init?(_ id: Int64, in database: TraceDatabase) throws(TraceStoreError) {
    let head = try database.statement(
      """
      SELECT exploration.form, counterexample.verdict, counterexample.title, counterexample.window FROM counterexample
      JOIN exploration ON exploration.id = counterexample.exploration_id WHERE counterexample.id = ?1
      """)
    head.bind(1, id)
    guard try head.step() else { return nil }
    self.id = id
    (form, verdict, title, window) = (head.text(0), head.text(1), head.text(2), head.integer(3))
    let row = try database.statement(
      """
      SELECT task, function, statement, locks, event_id, is_what_if, is_loop FROM counterexample_step
      WHERE counterexample_id = ?1 ORDER BY position
      """)
    row.bind(1, id)
    var steps: [Step] = []
    while try row.step() {
      steps.append(
        Step(
          task: row.text(0), function: row.text(1), statement: row.text(2), locks: row.text(3),
          event: row.optionalInteger(4), isWhatIf: row.integer(5) == 1, isLoop: row.integer(6) == 1))
    }
    self.steps = steps
  }
}

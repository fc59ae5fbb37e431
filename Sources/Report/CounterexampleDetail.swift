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
    /// Repeated indefinitely.
    package let isLoop: Bool
    /// After the step: `gpc->valid`; `needs_invalidation`, nil if the form has no such flag; `gpc->pfn` is `ok`,
    /// `freed` or `error`; `mn_active_invalidate_count`; `mmu_invalidate_seq`, from 1.
    package let valid: Bool
    package let needsInvalidation: Bool?
    package let pfnState: String
    package let activeInv: Int64
    package let seq: Int64
  }

  package let id: Int64
  package let form: String
  package let verdict: String
  package let title: String
  /// From 1.
  package let window: Int64
  package let steps: [Step]

  /// The numbers of all that are stored, ascending.
  package static func numbers(in database: TraceDatabase) throws(TraceStoreError) -> [Int64] {
    try database.rows("SELECT id FROM counterexample ORDER BY id") { $0.integer("id") }
  }

  /// nil: there is none of that number.
  package init?(_ id: Int64, in database: TraceDatabase) throws(TraceStoreError) {
    let head = try database.statement(
      """
      SELECT exploration.form AS form, counterexample.verdict AS verdict, counterexample.title AS title,
        counterexample.window AS window
      FROM counterexample JOIN exploration ON exploration.id = counterexample.exploration_id
      WHERE counterexample.id = ?1
      """, id)
    guard try head.step() else { return nil }
    self.id = id
    (form, verdict, title, window) = (
      head.text("form"), head.text("verdict"), head.text("title"), head.integer("window")
    )
    steps = try database.rows(
      """
      SELECT task, function, statement, locks, event_id, is_what_if, is_loop, valid, needs_invalidation, pfn_state,
        active_inv, seq
      FROM counterexample_step
      WHERE counterexample_id = ?1 ORDER BY position
      """, id
    ) {
      Step(
        task: $0.text("task"), function: $0.text("function"), statement: $0.text("statement"), locks: $0.text("locks"),
        event: $0.optionalInteger("event_id"), isWhatIf: $0.flag("is_what_if"), isLoop: $0.flag("is_loop"),
        valid: $0.flag("valid"), needsInvalidation: $0.optionalInteger("needs_invalidation").map { $0 == 1 },
        pfnState: $0.text("pfn_state"), activeInv: $0.integer("active_inv"), seq: $0.integer("seq"))
    }
  }
}

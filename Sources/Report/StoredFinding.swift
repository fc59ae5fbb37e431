// The numbered findings and counterexamples of a database, as much of them as is needed to find them again.

import KVMEvents
import Results
import TraceStore

/// A finding by what no cut of its recording changes: events keep their lines.
package struct FindingKey: Hashable, Sendable {
  package let kind: Finding.Kind
  package let certainty: Finding.Certainty
  package let event: EventID

  package init(kind: Finding.Kind, certainty: Finding.Certainty, event: EventID) {
    self.kind = kind
    self.certainty = certainty
    self.event = event
  }
}

/// A finding of the replay.
package struct StoredFinding {
  package let key: FindingKey
  /// Of its refresh; 0 where it has none.
  package let falseCount: Int64
  /// What it cites.
  package let events: Set<EventID>
}

/// A counterexample that `explore` stored, and the search that found it.
package struct StoredCounterexample {
  package let form: String
  package let memory: String
  package let verdict: String
  package let window: Int64
  /// nil: program order only.
  package let deltaNs: Int64?
  package let statesMax: Int64
  /// What it cites.
  package let events: Set<EventID>
}

extension TraceDatabase {
  /// nil: there is none of this number.
  package func storedFinding(_ number: Int64) throws(TraceStoreError) -> StoredFinding? {
    let row = try statement(
      """
      SELECT kind, certainty, event_id, false_count FROM finding LEFT JOIN refresh ON refresh.id = finding.refresh_id
      WHERE finding.id = ?1
      """, number)
    guard try row.step() else { return nil }
    let events = try events(
      """
      SELECT event_id FROM finding WHERE id = ?1
      UNION SELECT event_id FROM finding_event WHERE finding_id = ?1
      """, number)
    return StoredFinding(key: try FindingKey(row), falseCount: row.integer("false_count"), events: events)
  }

  /// nil: there is none of this number.
  package func storedCounterexample(_ number: Int64) throws(TraceStoreError) -> StoredCounterexample? {
    let row = try statement(
      """
      SELECT form, memory, verdict, window, delta_ns, states_max FROM counterexample
      JOIN exploration ON exploration.id = counterexample.exploration_id WHERE counterexample.id = ?1
      """, number)
    guard try row.step() else { return nil }
    let events = try events("SELECT event_id FROM counterexample_event WHERE counterexample_id = ?1", number)
    return StoredCounterexample(
      form: row.text("form"), memory: row.text("memory"), verdict: row.text("verdict"),
      window: row.integer("window"),
      deltaNs: row.optionalInteger("delta_ns"), statesMax: row.integer("states_max"), events: events)
  }

  package func findingKeys() throws(TraceStoreError) -> Set<FindingKey> {
    Set(
      try rows("SELECT kind, certainty, event_id FROM finding") { (row) throws(TraceStoreError) in
        try FindingKey(row)
      })
  }

  /// The number of a finding; nil: there is none such.
  package func number(of key: FindingKey) throws(TraceStoreError) -> Int64? {
    try number(
      "SELECT id FROM finding WHERE kind = ?1 AND certainty = ?2 AND event_id = ?3", key.kind, key.certainty, key.event)
  }

  /// Of all findings and counterexamples, ascending.
  package func findingNumbers() throws(TraceStoreError) -> [Int64] {
    try rows("SELECT id FROM finding UNION SELECT id FROM counterexample") { $0.integer("id") }
  }

  private func events(_ sql: String, _ number: Int64) throws(TraceStoreError) -> Set<EventID> {
    Set(try rows(sql, number) { $0.integer("event_id") })
  }
}

extension FindingKey {
  fileprivate init(_ row: Statement) throws(TraceStoreError) {
    self.init(kind: try row.word("kind"), certainty: try row.word("certainty"), event: row.integer("event_id"))
  }
}

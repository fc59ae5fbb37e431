// Findings with their proof, and the withdrawal of those whose proof turns out to have a gap.

import KVMEvents
import Results

/// Writes findings and withdraws them.
final class FindingWriter {
  private let connection: Connection
  private let schema: String
  private let findings: TableWriter<Finding>
  private let proof: TableWriter<ProofEvent>
  private let cited: Statement
  private let witness: Statement
  private let raise: Statement
  private let witnessed: Statement

  init(on connection: Connection, schema: String) throws(TraceStoreError) {
    self.connection = connection
    self.schema = schema
    findings = try TableWriter(on: connection, schema: schema)
    proof = try TableWriter(on: connection, schema: schema)
    cited = try connection.prepare(
      """
      SELECT DISTINCT finding.id, finding.vm_id
      FROM \(schema).finding_event AS cited JOIN \(schema).finding AS finding ON finding.id = cited.finding_id
      WHERE cited.event_id > ? AND cited.event_id < ?
      """)
    witness = try connection.prepare(
      """
      UPDATE \(schema).finding SET witness = ?2, no_witness = ?3, witness_event_id = ?4, witness_ret_event_id = ?5
      WHERE id = ?1
      """)
    raise = try connection.prepare("UPDATE \(schema).finding SET certainty = 'certain' WHERE id = ?1")
    witnessed = try connection.prepare(
      """
      SELECT id, vm_id FROM \(schema).finding AS finding WHERE witness_ret_event_id > ?1
        AND (SELECT min(event_id) FROM \(schema).finding_event WHERE finding_id = finding.id) < ?2
      """)
  }

  func write(_ row: Finding) throws(TraceStoreError) {
    try findings.write(row)
    // The proof may or may not include the finding's own event; it is in the table once.
    let events = row.proof.contains(row.event) ? row.proof : (row.proof + [row.event]).sorted()
    try write(events, after: 0, of: row.id)
  }

  /// What the next lookup shows about a finding in the table, unless that was withdrawn since.
  func write(_ row: Witness, of id: Int64, raises: Bool) throws(TraceStoreError) {
    let count = try connection.integer("SELECT count(*) FROM \(schema).finding_event WHERE finding_id = \(id)")
    if count == 0 { return }
    try witness.run(id, row.answer, row.lack, row.lookup, row.lookupRet)
    guard raises else { return }
    try raise.run(id)
    // The lookup is part of the proof, then.
    try write([row.lookup, row.lookupRet].compactMap(\.self), after: count, of: id)
  }

  /// - Parameter count: how many events the proof has so far.
  private func write(_ events: [EventID], after count: Int64, of finding: Int64) throws(TraceStoreError) {
    for (index, event) in events.enumerated() {
      try proof.write(ProofEvent(position: count + 1 + Int64(index), event: event), id: finding)
    }
  }

  /// A lookup is not a witness if events were dropped between the lookup it concerns and its own return.
  private func withdrawWitnesses(vms: AffectedVMs, after: EventID, before: EventID) throws(TraceStoreError) {
    var unseen: [Int64] = []
    witnessed.bind([after, before])
    while try witnessed.step() {
      if Self.isOf(vms, witnessed) { unseen.append(witnessed.integer("id")) }
    }
    witnessed.reset()
    for id in unseen {
      try connection.execute(Self.takingWitnessesBack(for: .loss, where: "id = \(id)", schema: schema))
    }
  }

  /// Its VM is one of these, or not known.
  private static func isOf(_ vms: AffectedVMs, _ finding: Statement) -> Bool {
    guard let vm = finding.optionalInteger("vm_id") else { return true }
    return vms.contains(Int32(truncatingIfNeeded: vm))
  }

  /// SQL: findings of this condition lose their witness, whose lookup is then not part of their proof.
  /// - Parameter schema: SQLite's name for the database.
  static func takingWitnessesBack(for lack: Witness.Lack, where condition: String, schema: String) -> String {
    let raised = "FROM \(schema).finding WHERE certainty <> certainty_alone AND \(condition)"
    return """
      DELETE FROM \(schema).finding_event WHERE (finding_id, event_id) IN (
        SELECT id, witness_event_id \(raised) UNION ALL SELECT id, witness_ret_event_id \(raised));
      UPDATE \(schema).finding SET certainty = certainty_alone, witness = '\(Witness.Answer.none.rawValue)',
        no_witness = '\(lack.rawValue)', witness_event_id = NULL, witness_ret_event_id = NULL WHERE \(condition);
      """
  }

  /// Deletes the findings of these VMs (or of an unknown one) that cite an event between the two.
  func withdraw(vms: AffectedVMs, after: EventID, before: EventID) throws(TraceStoreError) {
    try withdrawWitnesses(vms: vms, after: after, before: before)
    var withdrawn: [Int64] = []
    cited.bind([after, before])
    while try cited.step() {
      if Self.isOf(vms, cited) { withdrawn.append(cited.integer("id")) }
    }
    cited.reset()
    for id in withdrawn {
      try connection.execute(
        "DELETE FROM \(schema).finding_event WHERE finding_id = \(id); DELETE FROM \(schema).finding WHERE id = \(id)")
    }
  }
}

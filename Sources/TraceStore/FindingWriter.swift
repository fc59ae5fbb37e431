// Findings with their proof, and the withdrawal of those whose proof turns out to stand in a gap.

import KVMEvents

/// Writes findings and takes them back.
final class FindingWriter {
  private let connection: Connection
  private let schema: String
  private let finding: Statement
  private let proof: Statement
  private let cited: Statement
  private let witness: Statement
  private let raise: Statement
  private let witnessed: Statement

  init(on connection: Connection, schema: String) throws(TraceStoreError) {
    self.connection = connection
    self.schema = schema
    finding = try connection.prepare(insert("\(schema).finding", columns: 15))
    proof = try connection.prepare(insert("\(schema).finding_event", columns: 3))
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
    finding.bind(1, row.id)
    finding.bind(2, row.kind.rawValue)
    finding.bind(3, row.certainty.rawValue)
    finding.bind(4, row.vm.map(Int64.init))
    finding.bind(5, row.cache.map(Int64.init))
    finding.bind(6, row.event)
    finding.bind(7, row.invalidation)
    finding.bind(8, row.refresh)
    finding.bind(9, row.check)
    finding.bind(10, row.summary)
    finding.bind(11, row.witness?.answer.rawValue)
    finding.bind(12, row.witness?.lack?.rawValue)
    finding.bind(13, row.witness?.lookup)
    finding.bind(14, row.witness?.lookupRet)
    finding.bind(15, row.witness == nil ? nil : row.certainty.rawValue)
    try finding.run()
    // The proof may name the finding's own event or leave it out; it is in the table once.
    let events = row.proof.contains(row.event) ? row.proof : (row.proof + [row.event]).sorted()
    for (index, event) in events.enumerated() {
      proof.bind(1, row.id)
      proof.bind(2, Int64(index + 1))
      proof.bind(3, event)
      try proof.run()
    }
  }

  /// What the next lookup says of a finding that stands in the table, unless it was withdrawn since.
  func write(_ row: Witness, of id: Int64, raises: Bool) throws(TraceStoreError) {
    let count = try connection.integer("SELECT count(*) FROM \(schema).finding_event WHERE finding_id = \(id)")
    if count == 0 { return }
    witness.bind(1, id)
    witness.bind(2, row.answer.rawValue)
    witness.bind(3, row.lack?.rawValue)
    witness.bind(4, row.lookup)
    witness.bind(5, row.lookupRet)
    try witness.run()
    guard raises else { return }
    raise.bind(1, id)
    try raise.run()
    // The lookup is part of the proof, then.
    for (index, event) in [row.lookup, row.lookupRet].compactMap(\.self).enumerated() {
      proof.bind(1, id)
      proof.bind(2, count + 1 + Int64(index))
      proof.bind(3, event)
      try proof.run()
    }
  }

  /// A lookup is no witness where events were dropped between the one that it speaks of and its own return.
  private func withdrawWitnesses(vms: [Int32], after: EventID, before: EventID) throws(TraceStoreError) {
    var unseen: [Int64] = []
    witnessed.bind(1, after)
    witnessed.bind(2, before)
    while try witnessed.step() {
      let vm = witnessed.optionalInteger(1)
      if vm.map({ known in vms.contains { Int64($0) == known } }) ?? true { unseen.append(witnessed.integer(0)) }
    }
    witnessed.reset()
    for id in unseen {
      try connection.execute(Self.takingWitnessesBack(for: .loss, where: "id = \(id)", schema: schema))
    }
  }

  /// SQL: findings of this condition are what they are without their witness, whose lookup is no part of their proof
  /// then.
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
  func withdraw(vms: [Int32], after: EventID, before: EventID) throws(TraceStoreError) {
    try withdrawWitnesses(vms: vms, after: after, before: before)
    var withdrawn: [Int64] = []
    cited.bind(1, after)
    cited.bind(2, before)
    while try cited.step() {
      let vm = cited.optionalInteger(1)
      if vm.map({ known in vms.contains { Int64($0) == known } }) ?? true { withdrawn.append(cited.integer(0)) }
    }
    cited.reset()
    for id in withdrawn {
      try connection.execute(
        "DELETE FROM \(schema).finding_event WHERE finding_id = \(id); DELETE FROM \(schema).finding WHERE id = \(id)")
    }
  }
}

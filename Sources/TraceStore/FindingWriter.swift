// Findings with their proof, and the withdrawal of those whose proof turns out to stand in a gap.

import KVMEvents

/// Writes findings and takes them back.
final class FindingWriter {
  private let connection: Connection
  private let schema: String
  private let finding: Statement
  private let proof: Statement
  private let cited: Statement

  init(on connection: Connection, schema: String) throws(TraceStoreError) {
    self.connection = connection
    self.schema = schema
    finding = try connection.prepare(insert("\(schema).finding", columns: 10))
    proof = try connection.prepare(insert("\(schema).finding_event", columns: 3))
    cited = try connection.prepare(
      """
      SELECT DISTINCT finding.id, finding.vm_id
      FROM \(schema).finding_event AS cited JOIN \(schema).finding AS finding ON finding.id = cited.finding_id
      WHERE cited.event_id > ? AND cited.event_id < ?
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

  /// Deletes the findings of these VMs (or of an unknown one) that cite an event between the two.
  func withdraw(vms: [Int32], after: EventID, before: EventID) throws(TraceStoreError) {
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

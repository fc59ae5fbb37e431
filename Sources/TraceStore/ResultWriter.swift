// The rows of the replay into their tables, in the order in which they come to be known.

import KVMEvents

/// Writes what a replay hands on. Amendments are kept and applied when every row they touch is there.
package final class ResultWriter {
  private let rounds: RetryRoundWriter
  private let checks: CacheCheckWriter
  private let findings: FindingWriter
  private var amendments = Amendments()
  private let invalidation: Statement
  private let refresh: Statement
  private let memslot: Statement
  private let loss: Statement
  private let vm: Statement
  private let cache: Statement
  private let neverEnded: Statement
  private let neverEndedWait: Statement
  private var neverEndedCount: Int64 = 0
  private let witnessWeight: Statement
  private let formAgreement: Statement
  private let implausibleField: Statement
  private let silentOmission: Statement

  /// `schema` is SQLite's name for the database that the rows go to. The rounds have their own way.
  init(on connection: Connection, schema: String, rounds: RetryRoundWriter) throws(TraceStoreError) {
    self.rounds = rounds
    checks = try CacheCheckWriter(on: connection, schema: schema)
    findings = try FindingWriter(on: connection, schema: schema)
    invalidation = try connection.prepare(insert("\(schema).invalidation", columns: 15))
    refresh = try connection.prepare(insert("\(schema).refresh", columns: 18))
    memslot = try connection.prepare(insert("\(schema).memslot", columns: 9))
    loss = try connection.prepare(insert("\(schema).loss", columns: 5))
    vm = try connection.prepare(insert("\(schema).vm", columns: 9))
    cache = try connection.prepare(insert("\(schema).cache", columns: 8))
    neverEnded = try connection.prepare(insert("\(schema).never_ended", columns: 11))
    neverEndedWait = try connection.prepare(insert("\(schema).never_ended_wait", columns: 4))
    witnessWeight = try connection.prepare(insert("\(schema).witness_weight", columns: 3))
    formAgreement = try connection.prepare(insert("\(schema).form_agreement", columns: 9))
    implausibleField = try connection.prepare(insert("\(schema).implausible_field", columns: 6))
    silentOmission = try connection.prepare(insert("\(schema).silent_omission", columns: 5))
  }

  package func write(_ rows: borrowing [ReplayRow]) throws(TraceStoreError) {
    let span = rows.span
    for index in span.indices { try write(span[index]) }
  }

  private func write(_ row: ReplayRow) throws(TraceStoreError) {
    switch row {
    case .retryRound(let round): try rounds.write(round)
    case .cacheCheck(let check): try checks.write(check)
    case .invalidation(let row): try write(row)
    case .refresh(let row): try write(row)
    case .finding(let finding): try findings.write(finding)
    case .loss(let row): try write(row)
    case .memslot(let row): try write(row)
    case .virtualMachine(let row): try write(row)
    case .cache(let row): try write(row)
    case .neverEnded(let row): try write(row)
    case .witnessWeight(let row): try write(row)
    case .witness(let witness, let finding, let raises): try findings.write(witness, of: finding, raises: raises)
    case .formAgreement(let row): try write(row)
    case .taint(let vms, let after, let before):
      try findings.withdraw(vms: vms, after: after, before: before)
      amendments.add(
        Taint(
          vms: vms, after: after, before: before, rounds: rounds.rowids(after: after),
          checkEntries: checks.entries(after: after, before: before)))
    case .restsOnOpenInvalidation(let id): amendments.openInvalidations.append(id)
    case .lacksProbes(let kinds): amendments.missingProbes = kinds
    case .implausibleField(let field, let isUsed):
      if isUsed { amendments.restsOnImplausibleFields = true }
      try write(field)
    case .silentOmission(let omission):
      amendments.omissions.insert(omission.sign)
      try write(omission)
    }
  }

  /// Everything is written; what is left to do once the indices are there.
  func finish() throws(TraceStoreError) -> Amendments {
    try rounds.finish()
    return amendments
  }

  private func write(_ row: Invalidation) throws(TraceStoreError) {
    invalidation.bind(1, row.id)
    invalidation.bind(2, Int64(row.vm))
    invalidation.bind(3, Int64(row.task))
    invalidation.bind(4, Int64(bitPattern: row.range.start.rawValue))
    invalidation.bind(5, Int64(bitPattern: row.range.end.rawValue))
    invalidation.bind(6, row.mnEvent.map(Int64.init))
    invalidation.bind(7, row.hitsMemslot.map { $0 ? 1 : 0 })
    invalidation.bind(8, row.startEvent)
    invalidation.bind(9, row.walkEvent)
    invalidation.bind(10, row.startRetEvent)
    invalidation.bind(11, row.endEvent)
    invalidation.bind(12, row.endRetEvent)
    invalidation.bind(13, row.selfLookupEvent)
    invalidation.bindRepeated(14, row.close.rawValue)
    invalidation.bind(15, row.durationNs)
    try invalidation.run()
  }

  private func write(_ row: Refresh) throws(TraceStoreError) {
    refresh.bind(1, row.id)
    refresh.bind(2, row.vm.map(Int64.init))
    refresh.bind(3, Int64(row.cache))
    refresh.bind(4, Int64(row.task))
    refresh.bindRepeated(5, row.origin.rawValue)
    refresh.bindRepeated(6, row.outcome.rawValue)
    refresh.bind(7, row.requestEvent)
    refresh.bind(8, row.entryEvent)
    refresh.bind(9, row.returnEvent)
    refresh.bind(10, row.ret)
    refresh.bind(11, Int64(row.roundCount))
    refresh.bind(12, Int64(row.necessaryCount))
    refresh.bind(13, Int64(row.falseCount))
    refresh.bind(14, Int64(row.undecidedCount))
    refresh.bind(15, row.stallNs)
    refresh.bind(16, row.falseNs)
    refresh.bind(17, row.lockWaitNs)
    refresh.bind(18, row.durationNs)
    try refresh.run()
  }

  private func write(_ row: Memslot) throws(TraceStoreError) {
    memslot.bindNull(1)
    memslot.bind(2, Int64(row.vm))
    memslot.bind(3, Int64(row.slot))
    memslot.bind(4, Int64(bitPattern: row.gpa.rawValue))
    memslot.bind(5, Int64(bitPattern: row.size))
    memslot.bind(6, Int64(bitPattern: row.uhva.rawValue))
    memslot.bind(7, Int64(row.flags))
    memslot.bind(8, row.setEvent)
    memslot.bind(9, row.endEvent)
    try memslot.run()
  }

  private func write(_ row: EventLoss) throws(TraceStoreError) {
    loss.bindNull(1)
    loss.bind(2, Int64(row.cpu))
    loss.bind(3, row.line)
    loss.bind(4, row.afterEvent)
    loss.bind(5, row.count)
    try loss.run()
  }

  private func write(_ row: VirtualMachine) throws(TraceStoreError) {
    vm.bind(1, Int64(row.id))
    vm.bind(2, row.kvm.map { Int64(bitPattern: $0.rawValue) })
    vm.bind(3, row.mn.map { Int64(bitPattern: $0.rawValue) })
    vm.bind(4, row.mm.map { Int64(bitPattern: $0.rawValue) })
    vm.bind(5, row.firstEvent)
    vm.bind(6, row.lastEvent)
    vm.bind(7, row.createdInTrace ? 1 : 0)
    vm.bind(8, row.gone ? 1 : 0)
    vm.bind(9, row.unexplainedMoves)
    if row.unexplainedMoves > 0 { amendments.hasUnexplainedMoves = true }
    try vm.run()
  }

  private func write(_ row: ImplausibleField) throws(TraceStoreError) {
    implausibleField.bindNull(1)
    implausibleField.bind(2, Int64(row.kind.rawValue))
    implausibleField.bind(3, row.field.column)
    implausibleField.bind(4, row.sign.rawValue)
    implausibleField.bind(5, row.count)
    implausibleField.bind(6, row.firstEvent)
    try implausibleField.run()
  }

  private func write(_ row: SilentOmission) throws(TraceStoreError) {
    silentOmission.bindNull(1)
    silentOmission.bind(2, row.sign.rawValue)
    silentOmission.bind(3, row.count)
    silentOmission.bind(4, row.firstEvent)
    silentOmission.bind(5, row.mostMissing)
    try silentOmission.run()
  }

  private func write(_ row: Cache) throws(TraceStoreError) {
    cache.bind(1, Int64(row.id))
    cache.bind(2, row.vm.map(Int64.init))
    cache.bind(3, Int64(bitPattern: row.gpc.rawValue))
    cache.bind(4, Int64(row.epoch))
    cache.bind(5, row.firstEvent)
    cache.bind(6, row.lastEvent)
    cache.bind(7, row.lastGPA.map { Int64(bitPattern: $0.rawValue) })
    cache.bind(8, row.lastUHVA.map { Int64(bitPattern: $0.rawValue) })
    try cache.run()
  }

  private func write(_ row: NeverEnded) throws(TraceStoreError) {
    neverEndedCount += 1
    neverEnded.bind(1, neverEndedCount)
    neverEnded.bind(2, row.kind.rawValue)
    neverEnded.bind(3, row.vm.map(Int64.init))
    neverEnded.bind(4, row.cache.map(Int64.init))
    neverEnded.bind(5, Int64(row.task))
    neverEnded.bind(6, row.event)
    neverEnded.bind(7, row.lastEvent)
    neverEnded.bind(8, row.openNs)
    neverEnded.bind(9, row.refresh)
    neverEnded.bind(10, row.invalidation)
    neverEnded.bind(11, row.waitsAt)
    try neverEnded.run()
    for wait in row.waits {
      neverEndedWait.bind(1, neverEndedCount)
      neverEndedWait.bind(2, wait.form)
      neverEndedWait.bind(3, wait.statement)
      neverEndedWait.bind(4, wait.canBeLeft ? 1 : 0)
      try neverEndedWait.run()
    }
  }

  private func write(_ row: WitnessWeight) throws(TraceStoreError) {
    witnessWeight.bind(1, 1)
    witnessWeight.bind(2, row.afterRemovalCount)
    witnessWeight.bind(3, row.samePFNCount)
    try witnessWeight.run()
  }

  private func write(_ row: FormAgreement) throws(TraceStoreError) {
    formAgreement.bindNull(1)
    formAgreement.bind(2, row.form)
    formAgreement.bind(3, row.testCount)
    formAgreement.bind(4, row.agreeingTestCount)
    formAgreement.bind(5, row.moverCount)
    formAgreement.bind(6, row.refutedCount)
    formAgreement.bind(7, row.doubtedCount)
    formAgreement.bind(8, row.event)
    if let refutation = row.refutation { formAgreement.bind(9, refutation.rawValue) } else { formAgreement.bindNull(9) }
    try formAgreement.run()
  }
}

/// `INSERT` of whole rows, in the order of the columns in schema.sql.
func insert(_ table: String, columns: Int, rows: Int = 1) -> String {
  let row = "(" + Array(repeating: "?", count: columns).joined(separator: ", ") + ")"
  return "INSERT INTO \(table) VALUES " + Array(repeating: row, count: rows).joined(separator: ", ")
}

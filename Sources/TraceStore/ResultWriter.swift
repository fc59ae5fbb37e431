// The rows of the replay into their tables, in the order in which they become known.

import KVMEvents
import Results

/// Writes the output of a replay. Amendments are kept and applied once every row that they touch has been written.
package final class ResultWriter {
  private let rounds: RetryRoundWriter
  private let checks: CacheCheckWriter
  private let findings: FindingWriter
  private let undecidedOverlaps: TableWriter<UndecidedOverlap>
  private var amendments = Amendments()
  private let invalidations: TableWriter<Invalidation>
  private let refreshes: TableWriter<Refresh>
  private let memslots: TableWriter<Memslot>
  private let losses: TableWriter<EventLoss>
  private let givenUp: TableWriter<GivenUp>
  private let vms: TableWriter<VirtualMachine>
  private let caches: TableWriter<Cache>
  private let neverEnded: TableWriter<NeverEnded>
  private let waits: TableWriter<NeverEnded.Wait>
  private var neverEndedCount: Int64 = 0
  private let witnessWeights: TableWriter<WitnessWeight>
  private let formAgreements: TableWriter<FormAgreement>
  private let implausibleFields: TableWriter<ImplausibleField>
  private let silentOmissions: TableWriter<SilentOmission>

  /// `schema` is SQLite's name for the database that the rows go to. The rounds are written separately.
  init(on connection: Connection, schema: String, rounds: RetryRoundWriter) throws(TraceStoreError) {
    self.rounds = rounds
    checks = try CacheCheckWriter(on: connection, schema: schema)
    findings = try FindingWriter(on: connection, schema: schema)
    undecidedOverlaps = try TableWriter(on: connection, schema: schema)
    invalidations = try TableWriter(on: connection, schema: schema)
    refreshes = try TableWriter(on: connection, schema: schema)
    memslots = try TableWriter(on: connection, schema: schema)
    losses = try TableWriter(on: connection, schema: schema)
    givenUp = try TableWriter(on: connection, schema: schema)
    vms = try TableWriter(on: connection, schema: schema)
    caches = try TableWriter(on: connection, schema: schema)
    neverEnded = try TableWriter(on: connection, schema: schema)
    waits = try TableWriter(on: connection, schema: schema)
    witnessWeights = try TableWriter(on: connection, schema: schema)
    formAgreements = try TableWriter(on: connection, schema: schema)
    implausibleFields = try TableWriter(on: connection, schema: schema)
    silentOmissions = try TableWriter(on: connection, schema: schema)
  }

  package func write(_ rows: borrowing [ReplayRow]) throws(TraceStoreError) {
    let span = rows.span
    for index in span.indices { try write(span[index]) }
  }

  private func write(_ row: ReplayRow) throws(TraceStoreError) {
    switch row {
    case .retryRound(let round): try rounds.write(round)
    case .cacheCheck(let check):
      if case .disagrees = check.decision { amendments.hasContradictingChecks = true }
      try checks.write(check)
    case .invalidation(let row): try invalidations.write(row)
    case .refresh(let row): try refreshes.write(row)
    case .finding(let finding): try findings.write(finding)
    case .undecidedOverlap(let row): try undecidedOverlaps.write(row)
    case .loss(let row): try losses.write(row)
    case .givenUp(let row): try givenUp.write(row)
    case .memslot(let row): try memslots.write(row)
    case .virtualMachine(let row):
      if row.unexplainedMoves > 0 { amendments.hasUnexplainedMoves = true }
      try vms.write(row)
    case .cache(let row): try caches.write(row)
    case .neverEnded(let row): try write(row)
    case .witnessWeight(let row): try witnessWeights.write(row)
    case .witness(let witness, let finding, let raises): try findings.write(witness, of: finding, raises: raises)
    case .formAgreement(let row): try formAgreements.write(row)
    case .taint(let vms, let after, let before):
      try findings.withdraw(vms: vms, after: after, before: before)
      amendments.taints.append(
        Taint(
          after: after, before: before, rounds: rounds.rowids(after: after),
          checkEntries: checks.entries(after: after, before: before)), of: vms)
    case .restsOnOpenInvalidation(let id): amendments.openInvalidations.append(id)
    case .lacksProbes(let kinds): amendments.missingProbes = kinds
    case .implausibleField(let field, let isUsed):
      if isUsed { amendments.restsOnImplausibleFields = true }
      try implausibleFields.write(field)
    case .silentOmission(let omission):
      amendments.omissions.insert(omission.sign)
      try silentOmissions.write(omission)
    }
  }

  /// Everything is written; what remains to be done once the indices exist.
  func finish() throws(TraceStoreError) -> Amendments {
    try rounds.finish()
    return amendments
  }

  private func write(_ row: NeverEnded) throws(TraceStoreError) {
    neverEndedCount += 1
    try neverEnded.write(row, id: neverEndedCount)
    for wait in row.waits { try waits.write(wait, id: neverEndedCount) }
  }
}

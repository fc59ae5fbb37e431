// What a replay gave, by kind of row and in words.

import KVMEvents
import Results

/// The rows of one replay, those of the prelude left out.
struct Outcome {
  let recording: Marbles
  private(set) var invalidations: [Invalidation] = []
  private(set) var refreshes: [Refresh] = []
  private(set) var retryRounds: [RetryRound] = []
  private(set) var cacheChecks: [CacheCheck] = []
  private(set) var findings: [Finding] = []
  private(set) var losses: [EventLoss] = []
  private(set) var memslots: [Memslot] = []
  private(set) var vms: [VirtualMachine] = []
  private(set) var caches: [Cache] = []
  private(set) var agreements: [FormAgreement] = []
  private(set) var taints: [(vms: [Int32]?, after: EventID, before: EventID)] = []
  private(set) var restOnOpen: [Int64] = []
  private(set) var neverEnded: [NeverEnded] = []
  private(set) var weight = WitnessWeight()
  /// By finding: what was told of it last.
  private var witnesses: [Int64: (witness: Witness, raises: Bool)] = [:]
  /// Without them only `contract` stands in the end.
  private(set) var missingProbes: [EventKind] = []
  private(set) var implausibleFields: [ImplausibleField] = []
  private(set) var silentOmissions: [SilentOmission] = []
  private(set) var undecidedOverlaps: [UndecidedOverlap] = []
  private(set) var givenUp: [GivenUp] = []

  init(recording: Marbles, rows: [ReplayRow]) {
    self.recording = recording
    let end = recording.preludeEnd
    for row in rows {
      switch row {
      case .invalidation(let row):
        if row.startEvent ?? row.walkEvent ?? row.endEvent ?? 0 > end { invalidations.append(row) }
      case .refresh(let row): if row.entryEvent ?? .max > end { refreshes.append(row) }
      case .retryRound(let row): if row.testEvent ?? row.loopEvent ?? .max > end { retryRounds.append(row) }
      case .cacheCheck(let row): cacheChecks.append(row)
      case .finding(let row): findings.append(row)
      case .loss(let row): losses.append(row)
      case .givenUp(let row): givenUp.append(row)
      case .memslot(let row): memslots.append(row)
      case .virtualMachine(let row): vms.append(row)
      case .cache(let row): caches.append(row)
      case .taint(let affected, let after, let before):
        // A gap on a CPU concerns every VM.
        var vms: [Int32]?
        if case .these(let some) = affected { vms = some }
        taints.append((vms, after, before))
      case .restsOnOpenInvalidation(let id): restOnOpen.append(id)
      case .lacksProbes(let kinds): missingProbes = kinds
      case .neverEnded(let row): neverEnded.append(row)
      case .witnessWeight(let row): weight = row
      case .witness(let witness, let finding, let raises): witnesses[finding] = (witness, raises)
      case .formAgreement(let row): agreements.append(row)
      case .implausibleField(let field, _): implausibleFields.append(field)
      case .undecidedOverlap(let row): undecidedOverlaps.append(row)
      case .silentOmission(let omission): silentOmissions.append(omission)
      }
    }
  }

  /// Each round's outcome and decision: `accepted agrees`.
  var decisions: [String] { retryRounds.map { Self.words($0.outcome.rawValue, $0.decision?.rawValue) } }

  /// Each repeated round's cause and sub-cause: `false count`.
  var causes: [String] {
    retryRounds.filter { $0.outcome == .retried }.map { Self.words($0.cause?.rawValue, $0.subCause?.rawValue) }
  }

  /// Each check's answer and decision: `yes agrees`.
  var checks: [String] {
    cacheChecks.map { Self.words($0.answer.map { $0 ? "yes" : "no" }, $0.decision?.rawValue) }
  }

  /// Each finding's kind and certainty, as its witness leaves it: `stale certain`.
  var found: [String] {
    findings.map { finding in
      let isRaised = witnesses[finding.id]?.raises ?? false
      return Self.words(finding.kind.rawValue, isRaised ? "certain" : finding.certainty.rawValue)
    }
  }

  /// What the next lookup says of each stale page: `other_pfn`, or why there is none.
  var witnessed: [String] {
    findings(.stale).compactMap { finding in
      let witness = witnesses[finding.id]?.witness ?? finding.witness
      return witness.map { $0.lack?.rawValue ?? $0.answer.rawValue }
    }
  }

  func witness(of finding: Finding) -> Witness? { witnesses[finding.id]?.witness ?? finding.witness }

  func findings(_ kind: Finding.Kind) -> [Finding] { findings.filter { $0.kind == kind } }

  /// The invalidations of a line, by their first events.
  func invalidations(_ thread: String) -> [Invalidation] {
    invalidations.filter { $0.task == recording.task(thread) }.sorted { $0.id < $1.id }
  }

  private static func words(_ first: String?, _ second: String?) -> String {
    [first ?? "nothing", second].compactMap { $0 }.joined(separator: " ")
  }
}

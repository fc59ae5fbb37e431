// Which kinds of results a replay has, so that reports are made of what is new.

import KVMEvents
import Replay
import Results
import TraceReaders

/// Words for the rows of a replay and the issues of its reader, each once.
struct ReplaySignature {
  nonisolated(unsafe) private static var known: Set<Set<String>> = []

  /// Reads and replays the bytes. True: no input before had the same kinds of results together.
  static func isNew(_ bytes: UnsafeRawBufferPointer) -> Bool {
    FuzzFile.write(bytes)
    do throws(TraceReadError) {
      let reader = try TraceReader(FuzzFile.input, options: FuzzTarget.options)
      var words: Set<String> = []
      var options = ReplayOptions()
      options.stampUnit = reader.facts.stampUnit
      var replayer = Replayer(form: .v69, options: options)
      var batch: [RecordedEvent] = []
      while try reader.read(into: &batch) {
        replayer.consume(batch)
        for row in replayer.takeRows() { add(row, to: &words) }
      }
      replayer.finish()
      for row in replayer.takeRows() { add(row, to: &words) }
      for (kind, count) in reader.issueCounts where count > 0 { words.insert(kind.rawValue) }
      words.insert("\(reader.facts.clock) \(reader.facts.stampUnit)")
      return known.insert(words).inserted
    } catch {
      precondition(!error.predicate.isEmpty, "an error has a sentence")
      return false
    }
  }

  private static func add(_ row: ReplayRow, to words: inout Set<String>) {
    switch row {
    case .finding(let finding): words.insert("\(finding.kind) \(finding.certainty) \(finding.witness == nil)")
    case .refresh(let refresh): words.insert("\(refresh.origin) \(refresh.outcome)")
    case .retryRound(let round):
      words.insert("round \(round.outcome.rawValue) \(round.cause?.rawValue ?? "") \(round.subCause?.rawValue ?? "")")
    case .cacheCheck(let check): words.insert("check \(check.answer == nil) \(check.doubt == nil)")
    case .neverEnded(let open): words.insert("open \(open.kind) \(open.waits.count)")
    case .witness(_, _, let raises): words.insert("witness \(raises)")
    case .formAgreement(let agreement): words.insert("\(agreement.form) \(agreement.refutedCount > 0)")
    case .lacksProbes(let kinds): words.insert("lacks \(kinds)")
    case .implausibleField(let field, let isUsed): words.insert("\(field.field) \(isUsed)")
    case .invalidation: words.insert("invalidation")
    case .undecidedOverlap: words.insert("overlap")
    case .loss: words.insert("loss")
    case .givenUp: words.insert("given up")
    case .memslot: words.insert("memslot")
    case .virtualMachine, .cache: break
    case .witnessWeight: words.insert("weight")
    case .taint: words.insert("taint")
    case .restsOnOpenInvalidation: words.insert("rests on open")
    case .silentOmission: words.insert("omission")
    }
  }
}

// What a cut has to keep: a finding of the replay, or a counterexample that `explore` stored.

import Explore
import Forms
import GPCProtocol
import KVMEvents
import Report
import Results
import TraceStore

/// A numbered finding of a database, as much of it as is needed to find it again.
struct CutGoal {
  enum What {
    case finding(FindingKey, Excess?)
    /// Some order of the window's steps under this form.
    case counterexample(Searched)
  }

  /// What a refresh had too much of.
  enum Excess {
    /// False retries.
    case count
    /// Time lost to them, which is only the recorded one as long as every round is there.
    case stall
  }

  struct Searched {
    let form: ProtocolForm
    let memory: MemoryModel
    let verdict: SearchVerdict
    let window: Int
    /// nil: program order only.
    let deltaNs: Int64?
    let statesMax: Int
  }

  let number: Int64
  let what: What
  /// The lines that it cites.
  let cited: Set<EventID>

  /// nil: the database has nothing of this number.
  init?(_ number: Int64, in database: TraceDatabase) throws {
    if let finding = try database.storedFinding(number) {
      what = .finding(finding.key, try Self.excess(finding, in: database))
      cited = finding.events
    } else if let counterexample = try database.storedCounterexample(number) {
      what = .counterexample(try Searched(counterexample))
      cited = counterexample.events
    } else {
      return nil
    }
    self.number = number
  }

  /// What it is depends on the form that it is judged by.
  var restsOnForm: Bool {
    switch what {
    case .finding(let key, _): key.kind == .divergence || key.kind == .stuck
    case .counterexample: false
    }
  }

  private static func excess(_ finding: StoredFinding, in database: TraceDatabase) throws -> Excess? {
    guard finding.key.kind == .excessiveRetry else { return nil }
    let retriesMax = try database.replaySettings()?.retriesMax ?? 0
    return finding.falseCount > retriesMax ? .count : .stall
  }
}

extension CutGoal.Searched {
  fileprivate init(_ stored: StoredCounterexample) throws(TraceStoreError) {
    guard let form = ProtocolForm.named(stored.form), let memory = MemoryModel(rawValue: stored.memory),
      let verdict = SearchVerdict(rawValue: stored.verdict)
    else { throw .damaged(table: "exploration", reason: "it names a form that is not known") }
    guard stored.deltaNs.map(ReplaySettings.deltasNs.contains) ?? true else {
      throw .damaged(table: "exploration", reason: "its delta is none that a search takes")
    }
    self.init(
      form: form.under(memory), memory: memory, verdict: verdict, window: Int(stored.window),
      deltaNs: stored.deltaNs, statesMax: Int(stored.statesMax))
  }
}

extension FindingKey {
  init(_ finding: Finding) {
    self.init(kind: finding.kind, certainty: finding.certainty, event: finding.event)
  }
}

// What a cut has to keep: a finding of the replay, or a counterexample that `explore` stored.

import Corpus
import Explore
import Forms
import GPCProtocol
import KVMEvents
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

  /// The finding by what no cut changes: events keep their lines.
  struct FindingKey: Hashable {
    let kind: String
    let certainty: String
    let event: EventID
  }

  struct Searched {
    let form: ProtocolForm
    let memory: MemoryModel
    let verdict: Verdict
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
    if let what = try Self.finding(number, in: database) {
      self.what = what
      cited = try Self.events(
        """
        SELECT event_id FROM finding WHERE id = ?1
        UNION SELECT event_id FROM finding_event WHERE finding_id = ?1
        """, number, in: database)
    } else if let what = try Self.counterexample(number, in: database) {
      self.what = what
      cited = try Self.events(
        "SELECT event_id FROM counterexample_event WHERE counterexample_id = ?1", number, in: database)
    } else {
      return nil
    }
    self.number = number
  }

  /// What it is depends on the form that it is judged by.
  var restsOnForm: Bool {
    switch what {
    case .finding(let key, _): key.kind == Finding.Kind.divergence.rawValue || key.kind == Finding.Kind.stuck.rawValue
    case .counterexample: false
    }
  }

  private static func finding(_ number: Int64, in database: TraceDatabase) throws -> What? {
    let row = try database.statement(
      """
      SELECT kind, certainty, event_id, false_count FROM finding LEFT JOIN refresh ON refresh.id = finding.refresh_id
      WHERE finding.id = ?1
      """)
    row.bind(1, number)
    guard try row.step() else { return nil }
    let key = FindingKey(kind: row.text(0), certainty: row.text(1), event: row.integer(2))
    guard key.kind == Finding.Kind.excessiveRetry.rawValue else { return .finding(key, nil) }
    let retriesMax = try database.replaySettings()?.retriesMax ?? 0
    return .finding(key, row.integer(3) > retriesMax ? .count : .stall)
  }

  private static func counterexample(_ number: Int64, in database: TraceDatabase) throws -> What? {
    let row = try database.statement(
      """
      SELECT form, memory, verdict, window, delta_ns, states_max FROM counterexample
      JOIN exploration ON exploration.id = counterexample.exploration_id WHERE counterexample.id = ?1
      """)
    row.bind(1, number)
    guard try row.step() else { return nil }
    guard let form = ProtocolForm.named(row.text(0)), let memory = MemoryModel(rawValue: row.text(1)),
      let verdict = Verdict(rawValue: row.text(2))
    else { throw TraceStoreError.damaged(table: "exploration", reason: "it names a form that is not known") }
    guard row.optionalInteger(4).map(ReplaySettings.deltasNs.contains) ?? true else {
      throw TraceStoreError.damaged(table: "exploration", reason: "its delta is none that a search takes")
    }
    return .counterexample(
      Searched(
        form: form.under(memory), memory: memory, verdict: verdict, window: Int(row.integer(3)),
        deltaNs: row.optionalInteger(4), statesMax: Int(row.integer(5))))
  }

  private static func events(_ sql: String, _ number: Int64, in database: TraceDatabase) throws -> Set<EventID> {
    let row = try database.statement(sql)
    row.bind(1, number)
    var events: Set<EventID> = []
    while try row.step() { events.insert(row.integer(0)) }
    return events
  }

  /// What there is to choose from.
  static func numbers(in database: TraceDatabase) throws -> LineRanges {
    let row = try database.statement("SELECT id FROM finding UNION SELECT id FROM counterexample")
    var numbers: [Int64] = []
    while try row.step() { numbers.append(row.integer(0)) }
    return LineRanges(numbers)
  }
}

extension CutGoal.FindingKey {
  init(_ finding: Finding) {
    self.init(kind: finding.kind.rawValue, certainty: finding.certainty.rawValue, event: finding.event)
  }
}

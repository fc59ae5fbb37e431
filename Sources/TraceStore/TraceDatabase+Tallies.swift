// The recorded decisions, and the causes of repeated rounds, counted from the pages of their tables.

import Glibc
import KVMEvents
import Results

/// What the view `conformance` shows for one table.
package struct DecisionTally: Sendable {
  private var counts = Array(repeating: Int64(0), count: Decision.allCases.count)

  package subscript(decision: Decision) -> Int64 {
    zip(Decision.allCases, counts).first { $0.0 == decision }?.1 ?? 0
  }

  mutating func add(_ place: Int) { counts[place] += 1 }
}

/// A row of the view `doubt_count`.
package struct DoubtTally: Sendable {
  /// What is in doubt, as in the rows: `open`, `unknown` or `undecided`.
  package let verdict: String
  package let doubt: Doubt
  package fileprivate(set) var count: Int64 = 0
}

/// How many decisions, or causes, depend on each doubt.
private struct DoubtTallies {
  /// By verdict, as given.
  private(set) var counts: [DoubtTally]

  init(_ verdicts: [String]) {
    counts = verdicts.flatMap { verdict in Doubt.allCases.map { DoubtTally(verdict: verdict, doubt: $0) } }
  }

  /// - Parameter place: the doubt's position among the cases.
  mutating func add(_ verdict: Int, _ place: Int) { counts[verdict * Doubt.allCases.count + place].count += 1 }

  var met: [DoubtTally] { counts.filter { $0.count > 0 } }
}

/// The values of decisions and causes that come with a doubt.
private enum Verdicts {
  static let ofDecisions = [Decision.open.rawValue, Decision.unknown.rawValue]
  static let ofCauses = [RetryRound.Cause.undecided.rawValue, RetryRound.Cause.unknown.rawValue]

  static func place(_ decision: Int) -> Int? {
    switch Decision.allCases[decision] {
    case .open: 0
    case .unknown: 1
    case .agrees, .disagrees: nil
    }
  }

  static func place(cause: Int) -> Int? {
    switch RetryRound.Cause.allCases[cause] {
    case .undecided: 0
    case .unknown: 1
    case .necessary, .false: nil
    }
  }
}

/// The figures of the views `conformance`, `retry_by_cause` and `doubt_count` for the rounds.
package struct RoundFigures: Sendable {
  package let decisions: DecisionTally
  package let causes: [CauseTally]
  package let doubtsOfDecisions: [DoubtTally]
  package let doubtsOfCauses: [DoubtTally]
  /// Of the refreshes asked for, the most time first.
  package let issuers: [Int64: [IssuerTally]]
}

/// The rounds of one refresh that invalidations of one task alone explain.
package struct IssuerTally: Sendable {
  /// Of the table `task`.
  package let task: Int64
  package fileprivate(set) var rounds: Int64 = 0
  /// The time that they took.
  package fileprivate(set) var lostNs: Int64 = 0
  /// Those repeated for a false cause, and the time that they took.
  package fileprivate(set) var falseRounds: Int64 = 0
  package fileprivate(set) var falseNs: Int64 = 0
}

/// A row of the view `retry_by_cause`.
package struct CauseTally: Sendable {
  package let cause: RetryRound.Cause
  package let subCause: RetryRound.SubCause?
  package fileprivate(set) var rounds: Int64 = 0
  package fileprivate(set) var refreshes: Int64 = 0
  package fileprivate(set) var lostNs: Int64 = 0
}

extension TraceDatabase {
  /// In one pass over the rounds, and without the sorting that SQLite groups rows by.
  /// - Parameter refreshes: whose rounds are counted by the tasks that caused them.
  package func roundTally(issuersOf refreshes: Set<Int64> = []) throws(TraceStoreError) -> RoundFigures {
    var tally = RoundTally(refreshes: Int(try connection.integer("SELECT count(*) FROM refresh")))
    if !refreshes.isEmpty { tally.countIssuers(of: refreshes, tasks: try tasksOfInvalidations()) }
    try connection.forEachRecord(of: "retry_round") { tally.add(&$0) }
    return RoundFigures(
      decisions: tally.decisions, causes: tally.causes.filter { $0.rounds > 0 },
      doubtsOfDecisions: tally.doubtsOfDecisions.met, doubtsOfCauses: tally.doubtsOfCauses.met,
      issuers: Dictionary(
        uniqueKeysWithValues: zip(refreshes.sorted(), tally.issuers).map { refresh, issuers in
          (refresh, issuers.sorted { ($1.lostNs, $0.task) < ($0.lostNs, $1.task) })
        }))
  }

  /// By invalidation; 0: there is none.
  private func tasksOfInvalidations() throws(TraceStoreError) -> [Int64] {
    var tasks: [Int64] = []
    let row = try statement("SELECT id, task_id FROM invalidation ORDER BY id")
    while try row.step() {
      let id = row.integer("id")
      // Ids count from 1 without holes, unless the file is damaged.
      guard id >= tasks.count, id - Int64(tasks.count) < 1 << 20 else { continue }
      tasks += Array(repeating: 0, count: Int(id) - tasks.count)
      tasks.append(row.integer("task_id"))
    }
    return tasks
  }

  package func checkTally() throws(TraceStoreError) -> (decisions: DecisionTally, doubts: [DoubtTally]) {
    var tally = DecisionTally()
    var doubts = DoubtTallies(Verdicts.ofDecisions)
    var decision = WordColumn<Decision>(CacheCheckColumn.decision)
    var doubt = WordColumn<Doubt>(CacheCheckColumn.doubt)
    try connection.forEachRecord(of: "cache_check") {
      guard let place = decision.read(&$0) else { return }
      tally.add(place)
      if let verdict = Verdicts.place(place), let doubt = doubt.read(&$0) { doubts.add(verdict, doubt) }
    }
    return (tally, doubts.met)
  }
}

private struct RoundTally {
  private(set) var decisions = DecisionTally()
  private(set) var doubtsOfDecisions = DoubtTallies(Verdicts.ofDecisions)
  private(set) var doubtsOfCauses = DoubtTallies(Verdicts.ofCauses)
  /// Every pair of values, in the view's order.
  private(set) var causes: [CauseTally] = []
  /// By refresh: the pairs that it has rounds of, a bit each.
  private var seen: [UInt32]
  private var decision = WordColumn<Decision>(RetryRoundColumn.decision)
  private var cause = WordColumn<RetryRound.Cause>(RetryRoundColumn.cause)
  private var subCause = WordColumn<RetryRound.SubCause>(RetryRoundColumn.subCause)
  private var doubt = WordColumn<Doubt>(RetryRoundColumn.doubt)
  /// Of each refresh asked for, by task.
  private(set) var issuers: [[IssuerTally]] = []
  /// By refresh: its place in `issuers`; -1: not asked for.
  private var places: [Int32] = []
  private var tasks: [Int64] = []
  private static let refresh = RetryRoundColumn.place(of: .refreshID)
  private static let invalidation = RetryRoundColumn.place(of: .invalidationID)
  private static let duration = RetryRoundColumn.place(of: .durationNs)

  init(refreshes: Int) {
    seen = Array(repeating: 0, count: refreshes + 1)
    for cause in RetryRound.Cause.allCases {
      causes.append(CauseTally(cause: cause, subCause: nil))
      causes += RetryRound.SubCause.allCases.map { CauseTally(cause: cause, subCause: $0) }
    }
  }

  /// - Parameter tasks: by invalidation.
  mutating func countIssuers(of refreshes: Set<Int64>, tasks: [Int64]) {
    self.tasks = tasks
    issuers = Array(repeating: [], count: refreshes.count)
    places = Array(repeating: -1, count: seen.count)
    for (place, refresh) in refreshes.sorted().enumerated() where seen.indices.contains(Int(clamping: refresh)) {
      places[Int(refresh)] = Int32(place)
    }
  }

  mutating func add(_ round: inout RecordColumns) {
    let refresh = Int(round.integer(Self.refresh) ?? 0)
    // Columns are read in their order.
    let decision = decision.read(&round)
    if let decision { decisions.add(decision) }
    let cause = cause.read(&round)
    if let cause { add(cause, &round, refresh) }
    guard let doubt = doubt.read(&round) else { return }
    if let verdict = decision.flatMap({ Verdicts.place($0) }) { doubtsOfDecisions.add(verdict, doubt) }
    if let verdict = cause.flatMap({ Verdicts.place(cause: $0) }) { doubtsOfCauses.add(verdict, doubt) }
  }

  private mutating func add(_ cause: Int, _ round: inout RecordColumns, _ refresh: Int) {
    let pair = cause * (1 + subCause.wordCount) + (subCause.read(&round).map { $0 + 1 } ?? 0)
    let place = places.indices.contains(refresh) ? Int(places[refresh]) : -1
    let invalidation = place >= 0 ? round.integer(Self.invalidation) : nil
    let duration = round.integer(Self.duration) ?? 0
    causes[pair].rounds += 1
    causes[pair].lostNs.addClamped(duration)
    guard seen.indices.contains(refresh) else { return round.noteDamage() }
    if let invalidation, tasks.indices.contains(Int(clamping: invalidation)) {
      let isFalse = RetryRound.Cause.allCases[cause] == .false
      issuers[place].count(tasks[Int(invalidation)], duration, isFalse: isFalse)
    }
    if seen[refresh] & 1 << pair == 0 { causes[pair].refreshes += 1 }
    seen[refresh] |= 1 << pair
  }
}

extension [IssuerTally] {
  fileprivate mutating func count(_ task: Int64, _ durationNs: Int64, isFalse: Bool) {
    let place = firstIndex { $0.task == task } ?? count
    if place == count { append(IssuerTally(task: task)) }
    self[place].rounds += 1
    self[place].lostNs.addClamped(durationNs)
    guard isFalse else { return }
    self[place].falseRounds += 1
    self[place].falseNs.addClamped(durationNs)
  }
}

/// A column that holds the raw values of an enum. Usually it is the value of the previous row.
private struct WordColumn<Word: CaseIterable & RawRepresentable<String>> {
  private let column: Int
  private let words = Word.allCases.map { Array($0.rawValue.utf8) }
  private var last = 0
  var wordCount: Int { words.count }

  init<Column: TableColumn>(_ column: Column) { self.column = Column.place(of: column) }

  /// The value's position among the cases; nil: NULL.
  mutating func read(_ record: inout RecordColumns) -> Int? {
    guard let word = record.text(column) else { return nil }
    if !isWord(last, word) {
      guard let place = words.indices.first(where: { isWord($0, word) }) else {
        record.noteDamage()
        return nil
      }
      last = place
    }
    return last
  }

  @inline(__always)
  private func isWord(_ place: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
    words[place].withUnsafeBytes { word in
      guard word.count == bytes.count, let start = word.baseAddress, let other = bytes.baseAddress else { return false }
      return memcmp(start, other, word.count) == 0
    }
  }
}

// The recorded decisions, and the causes of repeated rounds, counted from the pages of their tables.

import Glibc
import KVMEvents

/// What the view `conformance` says of one table.
package struct DecisionTally: Sendable {
  private var counts = Array(repeating: Int64(0), count: Decision.allCases.count)

  package subscript(decision: Decision) -> Int64 {
    zip(Decision.allCases, counts).first { $0.0 == decision }?.1 ?? 0
  }

  mutating func add(_ place: Int) { counts[place] += 1 }
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
  /// The figures of the two views for the rounds, in one pass over them and without the sorting that SQLite groups rows by.
  package func roundTally() throws(TraceStoreError) -> (decisions: DecisionTally, causes: [CauseTally]) {
    try connection.leaveWriteAheadLog()
    var tally = RoundTally(refreshes: Int(try connection.integer("SELECT count(*) FROM refresh")))
    try connection.forEachRecord(of: "retry_round") { tally.add(&$0) }
    return (tally.decisions, tally.causes.filter { $0.rounds > 0 })
  }

  package func checkTally() throws(TraceStoreError) -> DecisionTally {
    try connection.leaveWriteAheadLog()
    var tally = DecisionTally()
    var decision = WordColumn<Decision>(6)
    try connection.forEachRecord(of: "cache_check") {
      if let place = decision.read(&$0) { tally.add(place) }
    }
    return tally
  }
}

/// Columns by their places in schema.sql.
private struct RoundTally {
  private(set) var decisions = DecisionTally()
  /// Every pair of words, in the view's order.
  private(set) var causes: [CauseTally] = []
  /// By refresh: the pairs that it has rounds of, a bit each.
  private var seen: [UInt32]
  private var decision = WordColumn<Decision>(9)
  private var cause = WordColumn<RetryRound.Cause>(10)
  private var subCause = WordColumn<RetryRound.SubCause>(11)

  init(refreshes: Int) {
    seen = Array(repeating: 0, count: refreshes + 1)
    for cause in RetryRound.Cause.allCases {
      causes.append(CauseTally(cause: cause, subCause: nil))
      causes += RetryRound.SubCause.allCases.map { CauseTally(cause: cause, subCause: $0) }
    }
  }

  mutating func add(_ round: inout RecordColumns) {
    let refresh = Int(round.integer(1) ?? 0)
    if let place = decision.read(&round) { decisions.add(place) }
    guard let cause = cause.read(&round) else { return }
    let pair = cause * (1 + subCause.wordCount) + (subCause.read(&round).map { $0 + 1 } ?? 0)
    causes[pair].rounds += 1
    causes[pair].lostNs.addClamped(round.integer(13) ?? 0)
    guard seen.indices.contains(refresh) else { return round.noteDamage() }
    if seen[refresh] & 1 << pair == 0 { causes[pair].refreshes += 1 }
    seen[refresh] |= 1 << pair
  }
}

/// A column that holds the words of an enum. Mostly it is the word of the row before.
private struct WordColumn<Word: CaseIterable & RawRepresentable<String>> {
  private let column: Int
  private let words = Word.allCases.map { Array($0.rawValue.utf8) }
  private var last = 0
  var wordCount: Int { words.count }

  init(_ column: Int) { self.column = column }

  /// The word's place among the cases; nil: NULL.
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

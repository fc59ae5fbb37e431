// The report on a fleet database.

import Results
import Schema
import TextLayout
import TraceStore

/// What many recordings say, in sentences and in the tables of named questions.
package struct FleetReport: Sendable {
  /// The answer of a question.
  package struct Table: Sendable {
    /// Of the question.
    package let name: String
    /// Its sentence.
    package let title: String
    /// The first one is the heading.
    package fileprivate(set) var rows: [[String]]
    /// Columns of numbers.
    package fileprivate(set) var right: Set<Int>
    /// How many rows there are beyond.
    package fileprivate(set) var left: Int
  }

  package let answer: [StyledLine]
  package let tables: [Table]
  /// As of a report: findings of these kinds are there.
  package let findingKinds: Set<Finding.Kind>
  /// A recording could not be judged, or not completely.
  package let isPartlyUnknown: Bool

  /// In the order of the report.
  private static let questions = ["kernels", "missed", "retries", "latencies", "hosts", "savings", "unjudged"]
  /// Of each table.
  private static let rowsMax = 10

  package init(_ fleet: FleetDatabase) throws(TraceStoreError) {
    let sums = try FleetSums(fleet)
    answer = sums.lines
    isPartlyUnknown = sums.partlyUnknown > 0 || sums.notJudged > 0 || sums.judged == 0
    var kinds: Set<Finding.Kind> = []
    let row = try fleet.statement("SELECT DISTINCT kind FROM finding_count")
    while try row.step() { kinds.insert(try row.word("kind")) }
    findingKinds = kinds
    var tables: [Table] = []
    for name in Self.questions {
      guard let question = Question.ofFleet.first(where: { $0.name == name }) else {
        preconditionFailure("fleet_questions.sql has no question \(name)")
      }
      let table = try Self.table(question, fleet)
      if table.rows.count > 1 { tables.append(table) }
    }
    self.tables = tables
  }

  private static func table(_ question: Question, _ fleet: FleetDatabase) throws(TraceStoreError) -> Table {
    let row = try fleet.statement(question.sql)
    let columns = 0..<row.columnCount
    var table = Table(
      name: question.name, title: question.text, rows: [columns.map { row.name($0) }],
      right: Set(columns.map(Int.init)),
      left: 0)
    while try row.step() {
      if table.rows.count > rowsMax {
        table.left += 1
        continue
      }
      for column in columns where !row.isNull(column) && !row.isNumber(column) { table.right.remove(Int(column)) }
      table.rows.append(columns.map { row.isNull($0) ? "-" : row.text($0).printable })
    }
    // A column in which nothing is says nothing.
    let kept = columns.map(Int.init).filter { column in table.rows.dropFirst().contains { $0[column] != "-" } }
    table.right = Set(kept.indices.filter { table.right.contains(kept[$0]) })
    table.rows = table.rows.map { row in kept.map { row[$0] } }
    return table
  }

  /// - Parameters:
  ///   - database: its name in commands.
  ///   - width: in columns.
  package func lines(database: String, width: Int) -> [StyledLine] {
    let answer = answer.flatMap { line in folded(line.text, indent: 2, width: width).map { StyledLine($0, line.style) }
    }
    return answer + tables.flatMap { $0.lines(database: database, width: width) }
  }
}

extension FleetReport.Table {
  fileprivate func lines(database: String, width: Int) -> [StyledLine] {
    [StyledLine(""), StyledLine(title, .heading)] + body(width).map { StyledLine($0) }
      + (more(database).map { [StyledLine($0)] } ?? [])
  }

  /// A table; where it is too wide, in blocks if it is of numbers, else a row as words.
  private func body(_ width: Int) -> [String] {
    let table = aligned(rows, right: right)
    if table.allSatisfy({ $0.displayWidth <= width }) { return table }
    guard let heading = rows.first else { return [] }
    if right.count > heading.count / 2 {
      let keyCount = heading.indices.prefix { !right.contains($0) }.count
      return blocks(rows, right: right, keyCount: max(keyCount, 1), width: width)
    }
    return rows.dropFirst().flatMap { row in
      let words = zip(heading, row).filter { $0.1 != "-" }.map { "\($0.0) \($0.1)" }
      return folded(words.joined(separator: ", "), indent: 2, width: width)
    }
  }

  /// Where the other rows are; nil: there are none.
  package func more(_ database: String) -> String? {
    left == 0 ? nil : "\(plural(left, "more row")): gpc-replay query \(shellWord(database)) \(name)"
  }
}

/// The counts of the first lines.
private struct FleetSums {
  let recordings: Int64
  let judged: Int64
  let missedCertain: Int64
  let missedPossible: Int64
  /// Their verdict, or what else they could hide, is limited.
  let partlyUnknown: Int64
  /// By their verdict.
  let unknown: Int64
  let ticks: Int64
  let undecidedRounds: Int64
  let clean: Int64
  let others: Int64
  let hosts: Int64
  let kernels: Int64
  let falseRounds: Int64
  let falseNs: Int64
  let lengthNs: Int64
  let repeated: Int64
  let statuses: [(status: String, count: Int64)]

  var notJudged: Int64 { recordings - judged }

  init(_ fleet: FleetDatabase) throws(TraceStoreError) {
    let row = try fleet.statement(
      """
      SELECT count(*) AS recordings, count(DISTINCT host) AS hosts, count(DISTINCT kernel) AS kernels,
        count(*) FILTER (WHERE status = 'judged') AS judged,
        count(*) FILTER (WHERE missed_certain > 0) AS missed_certain,
        count(*) FILTER (WHERE missed_certain = 0 AND missed_possible > 0) AS missed_possible,
        count(*) FILTER (WHERE missed_certain + missed_possible = 0 AND verdict = 'findings') AS others,
        count(*) FILTER (WHERE is_limited) AS partly_unknown,
        count(*) FILTER (WHERE verdict IN ('unknown', 'incomplete')) AS unknown,
        count(*) FILTER (WHERE stamp_unit = 'tick') AS ticks,
        CAST(total(undecided_count) AS INTEGER) AS undecided_rounds,
        count(*) FILTER (WHERE verdict = 'clean') AS clean,
        CAST(total(false_count) FILTER (WHERE stamp_unit = 'ns') AS INTEGER) AS false_rounds,
        CAST(total(false_ns) FILTER (WHERE stamp_unit = 'ns') AS INTEGER) AS false_ns,
        CAST(total(length_ns) FILTER (WHERE stamp_unit = 'ns') AS INTEGER) AS length_ns,
        (SELECT count(*) FROM repeated) AS repeated
      FROM missed_count
      """)
    guard try row.step() else { preconditionFailure("a sum is a row") }
    recordings = row.integer("recordings")
    judged = row.integer("judged")
    missedCertain = row.integer("missed_certain")
    missedPossible = row.integer("missed_possible")
    others = row.integer("others")
    partlyUnknown = row.integer("partly_unknown")
    clean = row.integer("clean")
    unknown = row.integer("unknown")
    ticks = row.integer("ticks")
    undecidedRounds = row.integer("undecided_rounds")
    hosts = row.integer("hosts")
    kernels = row.integer("kernels")
    falseRounds = row.integer("false_rounds")
    falseNs = row.integer("false_ns")
    lengthNs = row.integer("length_ns")
    repeated = row.integer("repeated")
    let status = try fleet.statement(
      "SELECT status, count(*) AS count FROM recording WHERE status <> 'judged' GROUP BY status ORDER BY status")
    var statuses: [(status: String, count: Int64)] = []
    while try status.step() { statuses.append((status.text("status"), status.integer("count"))) }
    self.statuses = statuses
  }

  var lines: [StyledLine] {
    var lines = [StyledLine(missed, missedCertain > 0 ? .bad : missedPossible > 0 ? .doubtful : .plain)]
    let places = [(hosts, "host"), (kernels, "kernel")].filter { $0.0 > 0 }.map { plural($0.0, $0.1) }
    let of = places.isEmpty ? "" : " of \(places.joined(separator: " and "))"
    let length = "\(seconds(lengthNs)) s: \(verdicts.joined(separator: ", "))."
    if recordings > 0 { lines.append(StyledLine("\(plural(recordings, "recording"))\(of), \(length)", .plain)) }
    if let retries { lines.append(StyledLine(retries, .plain)) }
    if ticks > 0 {
      lines.append(
        StyledLine(
          "\(plural(ticks, "recording")) \(ticks == 1 ? "has" : "have") ticks for time stamps: their times, and the rounds of false "
            + "retries, are in no sum.", .doubtful))
    }
    if notJudged > 0 {
      let words = statuses.map { "\(grouped($0.count)) \($0.status.replacing("_", with: " "))" }
      lines.append(
        StyledLine(
          "Not known: \(plural(notJudged, "recording")) \(notJudged == 1 ? "is" : "are") not judged "
            + "(\(words.joined(separator: ", "))).", .doubtful))
    }
    if partlyUnknown > 0 {
      lines.append(
        StyledLine(
          "Not known: \(plural(partlyUnknown, "recording")) \(partlyUnknown == 1 ? "lacks" : "lack") something, or "
            + "\(partlyUnknown == 1 ? "leaves" : "leave") the order of events open, so that a missed invalidation, or another one, "
            + "could be hidden (query unjudged).", .doubtful))
    }
    if repeated > 0 {
      lines.append(
        StyledLine(
          "\(plural(repeated, "content")) \(repeated == 1 ? "is" : "are") there more than once, by other options or labels, "
            + "and counted each time.", .doubtful))
    }
    return lines
  }

  /// nil: no recording was judged.
  private var retries: String? {
    if judged == 0 { return nil }
    let unknown =
      undecidedRounds == 0
      ? ""
      : "; the cause of \(grouped(undecidedRounds)) other repeated \(undecidedRounds == 1 ? "round" : "rounds") is not known"
    if falseRounds == 0 { return "No round is known to be repeated for an unrelated invalidation\(unknown)." }
    return "\(plural(falseRounds, "round")) \(falseRounds == 1 ? "was" : "were") repeated for unrelated invalidations, "
      + "\(milliseconds(falseNs)) ms\(unknown)."
  }

  private var missed: String {
    if judged == 0 { return "Nothing can be said about missed invalidations: no recording was judged." }
    return switch (missedCertain, missedPossible) {
    case (0, 0): "No recording shows a missed invalidation."
    case (0, _): "Missed invalidations: possible in \(plural(missedPossible, "recording")), certain in none."
    case (_, 0): "Missed invalidations: certain in \(plural(missedCertain, "recording"))."
    case _:
      "Missed invalidations: certain in \(plural(missedCertain, "recording")), possible in \(grouped(missedPossible)) more."
    }
  }

  private var verdicts: [String] {
    [
      (clean, "clean"), (missedCertain + missedPossible, "with missed invalidations"), (others, "with other findings"),
      (unknown, "unknown or incomplete"), (notJudged, "not judged"),
    ].filter { $0.0 > 0 }.map { "\(grouped($0.0)) \($0.1)" }
  }
}

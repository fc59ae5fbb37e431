// Two recordings, figure by figure.

import KVMEvents
import Results
import TextLayout

/// Before and after: nothing is judged, only shown side by side.
package struct RecordingDiff: Encodable, Sendable {
  package var layout = 1
  package let before: RecordingFigures
  package let after: RecordingFigures

  package init(before: RecordingFigures, after: RecordingFigures) {
    self.before = before
    self.after = after
  }

  package func lines(before beforeName: String, after afterName: String, width: Int) -> [StyledLine] {
    let sentences = sentences(before: beforeName, after: afterName).flatMap { line in
      folded(line.text, indent: line.isDetail ? 2 : 0, width: width).map { StyledLine($0, line.style) }
    }
    return sentences + tables.flatMap { [""] + aligned($0, right: [1, 2, 3]).headed }
  }

  /// A sentence on one of the recordings, or on both.
  package struct Sentence: Sendable {
    package let text: String
    package let style: StyledLine.Style
    /// It qualifies the one above.
    package let isDetail: Bool
  }

  /// What is compared, and what limits it.
  package func sentences(before beforeName: String, after afterName: String) -> [Sentence] {
    var lines: [Sentence] = []
    for (word, name, figures) in [("before", beforeName, before), ("after ", afterName, after)] {
      let kernel = figures.kernelRelease.map { "Linux \($0), " } ?? ""
      let form = figures.form.map { "form \($0)" } ?? "not replayed"
      let sentence =
        "\(word)  \(name): \(inputName(figures.fileName)), \(kernel)\(figures.stampUnit.length(figures.lengthNs)), \(form), "
        + "verdict \(figures.status.rawValue)"
      lines.append(Sentence(text: sentence, style: .plain, isDetail: false))
      for limit in figures.limits.prefix(Self.limitsMax) {
        lines.append(Sentence(text: "Not known: \(limit).", style: .doubtful, isDetail: true))
      }
    }
    if before.stampUnit != after.stampUnit || before.stampUnit == .tick {
      let words = "Ticks are no time: counts are compared as they are, durations are not."
      lines.append(Sentence(text: words, style: .doubtful, isDetail: false))
    }
    if let words = otherWork { lines.append(Sentence(text: words, style: .doubtful, isDetail: false)) }
    return lines
  }

  /// Why the recordings may not be of one workload: fewer than half of the tasks that refresh are in both by name, or
  /// one has at least twice the invalidations per second of the other. nil: neither.
  private var otherWork: String? {
    var reasons: [String] = []
    let both = Set(before.byTask.keys).intersection(after.byTask.keys).count
    let tasks = Set(before.byTask.keys).union(after.byTask.keys).count
    if both * 2 < tasks { reasons.append("\(both) of \(tasks) tasks that refresh are in both, by name") }
    if let (less, more) = invalidationRates, more >= 2 * less, more > 0 {
      let factor = less > 0 ? "differ by a factor of \(Self.decimal(more / less))" : "are in one of them only"
      reasons.append("invalidations per second \(factor)")
    }
    if reasons.isEmpty { return nil }
    return "The workloads may differ: \(reasons.joined(separator: "; ")). What follows need not come from the kernel."
  }

  /// The lower one first; nil: there is no time to divide by.
  private var invalidationRates: (Double, Double)? {
    guard isTime, before.lengthNs > 0, after.lengthNs > 0 else { return nil }
    let rates = [before, after].map { Double($0.invalidations) / Double($0.lengthNs) }.sorted()
    return (rates[0], rates[1])
  }

  // MARK: Tables

  /// Each with its heading; the figures of both recordings, and their change.
  package var tables: [[[String]]] {
    [totals, causes, findings, table("by cache", \.byCache), table("by task", \.byTask)].filter { $0.count > 1 }
  }

  private static let limitsMax = 4

  private static let heading = ["before", "after", "change"]
  private var isTime: Bool { before.stampUnit == .ns && after.stampUnit == .ns }

  private var totals: [[String]] {
    var rows = [[isTime ? "per second" : "count"] + Self.heading]
    rows.append(rate("invalidations", \.invalidations))
    rows.append(rate("refreshes", \.all.count))
    rows.append(rate("  failed", \.all.failed))
    rows.append(rate("rounds", \.all.rounds))
    rows.append(withCauses(rate("  repeated, necessary", \.all.necessaryRounds)))
    rows.append(withCauses(rate("  repeated, false", \.all.falseRounds)))
    rows.append(rate("checks", \.checks))
    rows.append(rate("  that say no", \.failedChecks))
    if isTime {
      rows.append(withCauses(rate("ms in false rounds", \.all.lostNs, scale: 1e-6)))
      for (name, path) in [
        ("stall", \RecordingFigures.Refreshes.stall), ("before refresh_lock", \.lockWait), ("under it", \.duration),
      ] {
        rows += durations(name, before.all[keyPath: path], after.all[keyPath: path])
      }
    }
    return rows
  }

  /// Without a figure where no cause is known: 0 would mean that there was none.
  private func withCauses(_ row: [String]) -> [String] {
    var row = row
    if before.hasUnknownCausesOnly { row[1] = "?" }
    if after.hasUnknownCausesOnly { row[2] = "?" }
    if row.contains("?") { row[3] = "" }
    return row
  }

  private func durations(
    _ name: String, _ before: RecordingFigures.Percentiles, _ after: RecordingFigures.Percentiles
  ) -> [[String]] {
    [("p50", before.p50Ns, after.p50Ns), ("p99", before.p99Ns, after.p99Ns), ("max", before.maxNs, after.maxNs)].map {
      [
        "\(name) \($0) us", Self.microseconds($1), Self.microseconds($2),
        Self.change($1.map(Double.init), $2.map(Double.init)),
      ]
    }
  }

  private static func microseconds(_ ns: Int64?) -> String { ns.map { TextLayout.microseconds($0) } ?? "-" }

  private func rate(_ name: String, _ path: KeyPath<RecordingFigures, Int64>, scale: Double = 1) -> [String] {
    rate(name, before[keyPath: path], after[keyPath: path], scale: scale)
  }

  /// As a rate where both are in time.
  private func rate(_ name: String, _ before: Int64, _ after: Int64, scale: Double = 1) -> [String] {
    guard isTime else { return [name, grouped(before), grouped(after), Self.change(Double(before), Double(after))] }
    let rates = [(before, self.before), (after, self.after)].map { value, figures in
      figures.lengthNs > 0 ? Double(value) * scale * 1e9 / Double(figures.lengthNs) : nil
    }
    return [name] + rates.map { $0.map(Self.decimal) ?? "-" } + [Self.change(rates[0], rates[1])]
  }

  private static func decimal(_ value: Double) -> String {
    guard value.magnitude < 1e15 else { return "-" }
    return TextLayout.milliseconds(Int64((value * 1e6).rounded())).droppingLast(2)
  }

  /// `-12.3 %`, `x 4.5`, or nothing.
  private static func change(_ before: Double?, _ after: Double?) -> String {
    guard let before, let after, before.isFinite, after.isFinite, before > 0 || after > 0 else { return "" }
    if before <= 0 { return "new" }
    let ratio = after / before
    if ratio >= 2 { return ratio < 1e12 ? "x \(decimal(ratio))" : "" }
    let percent = (ratio - 1) * 100
    return percent == 0 ? "=" : "\(percent > 0 ? "+" : "")\(decimal(percent)) %"
  }

  private var causes: [[String]] {
    func names(_ figures: RecordingFigures) -> [String: Report.RetryCause] {
      Dictionary(
        figures.causes.map { ("\($0.cause.rawValue) \($0.subCause?.rawValue ?? "")".trimmingEnd, $0) },
        uniquingKeysWith: { first, _ in first })
    }
    let (old, new) = (names(before), names(after))
    return [[isTime ? "rounds repeated, per second" : "rounds repeated"] + Self.heading]
      + Set(old.keys).union(new.keys).sorted().map { rate($0, old[$0]?.rounds ?? 0, new[$0]?.rounds ?? 0) }
  }

  private var findings: [[String]] {
    func names(_ figures: RecordingFigures) -> [String: Int64] {
      Dictionary(
        figures.findings.map { ("\($0.kind.rawValue), \($0.certainty.rawValue)", $0.count) },
        uniquingKeysWith: { first, _ in first })
    }
    let (old, new) = (names(before), names(after))
    return [["findings"] + Self.heading]
      + Set(old.keys).union(new.keys).sorted().map {
        let (before, after) = (old[$0] ?? 0, new[$0] ?? 0)
        return [
          $0, grouped(before), grouped(after),
          before == after ? "=" : "\(after > before ? "+" : "")\(grouped(after - before))",
        ]
      }
  }

  /// What is in both, most false rounds first.
  private func table(
    _ name: String, _ path: KeyPath<RecordingFigures, [String: RecordingFigures.Refreshes]>
  ) -> [[String]] {
    let (old, new) = (before[keyPath: path], after[keyPath: path])
    // Those without a repeated round in either show nothing.
    let both = old.keys.filter { max(old[$0]?.stall.maxNs ?? 0, new[$0]?.stall.maxNs ?? 0) > 0 && new[$0] != nil }
      .sorted {
        let (left, right) = (old[$0]?.falseRounds ?? 0, old[$1]?.falseRounds ?? 0)
        return left == right ? $0 < $1 : left > right
      }
    let unit = isTime ? " per second" : ""
    func others(_ figures: [String: RecordingFigures.Refreshes]) -> Int64 {
      figures.reduce(0) { both.contains($1.key) ? $0 : $0.addingClamped($1.value.falseRounds) }
    }
    let (left, right) = (others(old), others(new))
    return [["\(name): false rounds\(unit)"] + Self.heading]
      + both.map { rate("  \($0)", old[$0]?.falseRounds ?? 0, new[$0]?.falseRounds ?? 0) }
      + (max(left, right) > 0 ? [rate("  without a partner", left, right)] : [])
      + (isTime && !both.isEmpty
        ? [["\(name): stall p99 us"] + Self.heading]
          + both.flatMap { key in
            durations("  \(key)", old[key]?.stall ?? .init(), new[key]?.stall ?? .init())[1...1].map {
              ["  \(key)"] + $0.dropFirst()
            }
          } : [])
  }
}

extension String {
  fileprivate func droppingLast(_ count: Int) -> String { String(dropLast(count)) }
}

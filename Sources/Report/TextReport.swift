// The report on the terminal.

import KVMEvents
import Results
import TextLayout

/// Renders a report as text: same report and options, same lines.
package struct TextReport {
  package struct Options: Sendable {
    /// The database's name in commands; nil if it cannot be queried again (`--db :memory:`).
    package var database: String?
    /// Findings shown of each kind and certainty, with their proof; nil: all.
    package var shownMax: Int?
    /// Of each group only the worst.
    package var isGrouped: Bool
    /// In columns.
    package var width: Int
    /// Also what was recorded, event by event.
    package var isVerbose: Bool

    package init(
      database: String?, shownMax: Int?, isGrouped: Bool = false, width: Int, isVerbose: Bool = false
    ) {
      self.database = database
      self.shownMax = shownMax
      self.isGrouped = isGrouped
      self.width = width
      self.isVerbose = isVerbose
    }
  }

  let report: Report
  let options: Options

  package init(_ report: Report, _ options: Options) {
    self.report = report
    self.options = options
  }

  /// The answer first, then what it rests on.
  package var lines: [StyledLine] {
    let headline = Headline(report, database: options.database, width: options.width).lines
    let parts = [
      headline, recording + inputIssues, findings, neverEnded, stalls, retries, decisions, forms, events, verdict,
    ]
    return Array(parts.filter { !$0.isEmpty }.joined(separator: [""]))
  }

  package var text: String { lines.map { $0.rendered(inColor: false) + "\n" }.joined() }

  var place: EventPlace { report.trace.eventPlace }
  var unit: StampUnit { report.trace.stampUnit }
  private var shownMax: Int { options.shownMax ?? .max }

  func fold(_ text: String, indent: Int = 2) -> [StyledLine] {
    folded(text, indent: indent, width: options.width).map { StyledLine($0) }
  }

  private func table(_ rows: [[String]], right: Set<Int>) -> [StyledLine] {
    aligned(rows, right: right).headed
  }

  /// A command that shows more; nil in memory.
  private func command(_ words: String) -> String? {
    options.database.map { "gpc-replay \(words.replacing("DB", with: shellWord($0)))" }
  }

  // MARK: Findings

  private var findings: [StyledLine] {
    var lines: [StyledLine] = []
    for count in report.findingCounts {
      if !lines.isEmpty { lines.append("") }
      let style: StyledLine.Style =
        switch (count.kind, count.certainty) {
        case (.excessiveRetry, _): .heading
        case (_, .certain): .bad
        case (_, .possible): .doubtful
        }
      lines.append(StyledLine("\(title(count.kind)), \(count.certainty.rawValue): \(grouped(count.count))", style))
      let groups = report.findingGroups.filter { $0.kind == count.kind && $0.certainty == count.certainty }
      switch count.kind {
      case .excessiveRetry: lines += excesses(count, groups)
      case .contract, .stale, .stuck, .divergence: lines += races(count, groups)
      }
    }
    return lines
  }

  private func title(_ kind: Finding.Kind) -> String {
    switch kind {
    case .contract: "missed invalidation (contract)"
    case .stale: "missed invalidation (stale)"
    case .stuck: "stuck under \(report.replay?.form ?? "the replay")"
    case .divergence: "divergence from \(report.replay?.form ?? "the replay")"
    case .excessiveRetry: "excessive retries"
    }
  }

  /// Findings with their proof, group by group, and the numbers of the others.
  private func races(_ count: Report.FindingCount, _ groups: [Report.FindingGroup]) -> [StyledLine] {
    let format = FindingTimeline.Format(report.trace, width: options.width)
    let details = Dictionary(report.findings.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var lines: [StyledLine] = []
    var named: Int64 = 0
    var room = shownMax
    for group in groups where room > 0 {
      let shown = group.ids.prefix(options.isGrouped ? 1 : room).compactMap { details[$0] }
      if shown.isEmpty { break }
      for detail in shown { lines += FindingTimeline(detail, format, .brief).lines(indent: 2) }
      room -= shown.count
      named += group.count
      let rest = group.ids.dropFirst(shown.count)
      if rest.isEmpty { continue }
      let cache = group.cache.map { " of cache \($0)" } ?? ""
      let tasks = [group.task, group.issuer].compactMap(\.self).joined(separator: " against ")
      let race = "\(plural(group.count, "time")) the same race\(cache)\(tasks.isEmpty ? "" : ", \(tasks)")"
      lines += fold("\(race): also \(numbers(rest))")
    }
    let left = groups.reduce(0) { $0 + $1.count } - named
    if left > 0 { lines.append(StyledLine("  \(grouped(left)) more" + more("explain DB"))) }
    if let id = groups.first?.ids.first, let command = command("explain DB \(id)") {
      lines.append(StyledLine("  \(command)"))
    }
    return lines
  }

  /// Not folded: a command is to be pasted.
  private func more(_ words: String) -> String { command(words).map { ": \($0)" } ?? "" }

  /// `#3, #5, #7 and 12 more`.
  private func numbers(_ ids: ArraySlice<Int64>) -> String {
    let shown = ids.prefix(8).map { "#\($0)" }.joined(separator: ", ")
    return ids.count > 8 ? "\(shown) and \(grouped(Int64(ids.count - 8))) more" : shown
  }

  private static let groupsMax = 8

  /// A row for each cache, task and issuer.
  private func excesses(_ count: Report.FindingCount, _ groups: [Report.FindingGroup]) -> [StyledLine] {
    let shown = groups.sorted { $0.falseNs > $1.falseNs }.prefix(
      options.shownMax == 0 ? 0 : options.shownMax == nil ? .max : Self.groupsMax)
    var rows = [["  cache", "task", "refreshes", "false rounds", "\(unit.name)", "worst", "most for"]]
    rows += shown.map { group in
      [
        group.cache.map { String($0) } ?? "", group.task ?? "", grouped(group.count), grouped(group.falseRounds),
        unit.figure(group.falseNs), group.ids.first.map { "#\($0)" } ?? "", group.issuer ?? "not known",
      ]
    }
    var lines = shown.isEmpty ? [] : fitted(rows, right: [0, 2, 3, 4, 5], optional: [3, 2])
    let left = groups.reduce(0) { $0 + $1.count } - shown.reduce(0) { $0 + $1.count }
    if left > 0 { lines.append(StyledLine("  \(grouped(left)) more" + more("explain DB"))) }
    let (byRounds, byTime) = groups.reduce((Int64(0), Int64(0))) { ($0.0 + $1.byRounds, $0.1 + $1.byTime) }
    if let replay = report.replay {
      let time = unit == .ns ? "; \(grouped(byTime)) spent more than \(milliseconds(replay.stallMaxNs)) ms in them" : ""
      lines += fold("\(grouped(byRounds)) had more than \(grouped(replay.retriesMax)) false rounds\(time)")
    }
    if !options.isGrouped {
      let format = FindingTimeline.Format(report.trace, width: options.width)
      for detail in report.findings.filter({ $0.kind == count.kind }).prefix(shownMax) {
        lines += FindingTimeline(detail, format, .brief).lines(indent: 2)
      }
    }
    if let id = groups.first?.ids.first, let command = command("explain DB \(id)") {
      lines.append(StyledLine("  \(command)"))
    }
    return lines
  }

  private func fitted(_ rows: [[String]], right: Set<Int>, optional: [Int]) -> [StyledLine] {
    TextLayout.fitted(rows, right: right, optional: optional, width: options.width).headed
  }

  // MARK: Retries

  /// The longest, whatever the cause.
  private var stalls: [StyledLine] {
    // A refresh that neither waited nor repeated a round only looked its page up. The first is the headline's.
    func isShown(_ stall: Report.Stall) -> Bool {
      stall.waitedForLock || stall.stallNs.isMore(than: 10, percentOf: stall.latencyNs)
    }
    guard report.stalls.contains(where: isShown) else { return [] }
    let stalls = report.stalls.prefix(1) + report.stalls.dropFirst().filter(isShown)
    var rows = [
      [
        "longest ms", "refresh_lock", "held by", "rounds", "necessary", "false", "ms", "cache", "task", "refresh",
        "most time for",
      ]
    ]
    rows += stalls.map {
      [
        milliseconds($0.latencyNs), $0.lockWaitNs.map { milliseconds($0) } ?? "", $0.lockHolders.first?.task ?? "",
        grouped($0.rounds), grouped($0.necessaryRounds), grouped($0.falseRounds), milliseconds($0.stallNs),
        String($0.cache), $0.task, String($0.refresh),
        $0.issuers.first?.task ?? ($0.rounds > 1 ? "not known" : ""),
      ]
    }
    return fitted(rows, right: [0, 1, 3, 4, 5, 6, 7, 9], optional: [9, 7, 5, 4, 3, 1, 2, 10])
  }

  private var retries: [StyledLine] {
    guard report.counts.rounds > 0 else { return [] }
    if report.retries.isEmpty {
      // Only all probes of a refresh together show which lookup was its last.
      let isKnown = report.missingProbes.isEmpty && report.implausibleFields.isEmpty
      if isKnown { return [StyledLine("no round of a retry loop was repeated")] }
      return [
        StyledLine(
          report.counts.roundsMax > 1
            ? "rounds of a retry loop were repeated, and nothing is known of why"
            : "no round of a retry loop is known to have been repeated")
      ]
    }
    var rows = [["repeated rounds", "why", "rounds", "refreshes", "lost \(unit.name)"]]
    rows += report.retries.map {
      [
        $0.cause.rawValue, $0.subCause?.rawValue ?? "", grouped($0.rounds), grouped($0.refreshes),
        unit.figure($0.lostNs),
      ]
    }
    let moves = report.unexplainedSeqMoves.map {
      "the recorded seq of VM \($0.vm) moved \(plural($0.moves, "time")) more than the recorded hooks explain"
    }
    return table(rows, right: [2, 3, 4]) + doubts { $0.subject == .cause } + moves.flatMap { fold($0) }
  }

  /// Why, and how many.
  private func doubts(_ isOf: (Report.DoubtCount) -> Bool) -> [StyledLine] {
    report.doubts.filter(isOf).flatMap { fold("\($0.verdict), \($0.counted): \($0.meaning)") }
  }

  // MARK: Decisions

  private var decisions: [StyledLine] {
    if report.replay == nil { return [] }
    let parts = report.conformance.map { row in
      let all = row.forced.addingClamped(row.open).addingClamped(row.unknown)
      return "\(grouped(row.forced)) of \(plural(all, row.subject == .retryTest ? "retry test" : "check"))"
    }
    let wrong = report.conformance.reduce(Int64(0)) { $0.addingClamped($1.forced - $1.forcedAgreeing) }
    let forced = report.conformance.reduce(Int64(0)) { $0.addingClamped($1.forced) }
    let outcome =
      wrong > 0 ? "\(grouped(wrong)) not as recorded" : forced > 0 ? "all as recorded" : "none can be re-derived"
    let doubts = doubts { $0.subject != .cause }
    return fold("kernel decisions re-derived: \(parts.joined(separator: ", ")); \(outcome)", indent: 0) + doubts
  }

  private var forms: [StyledLine] {
    FormsText(report, width: options.width).lines.headed
  }

  private var events: [StyledLine] {
    guard options.isVerbose else { return [] }
    let known = report.events.filter { $0.kind != nil }.map { "\($0.name) \(grouped($0.count))" }
    return wrapped(known, label: "events: ", width: options.width).map { StyledLine($0) }
  }

  /// The last line, where a terminal without a pager ends.
  private var verdict: [StyledLine] {
    let settings = report.replay.map { "; form \($0.form)" } ?? ""
    let counts = report.findingCounts.map { "\(grouped($0.count)) \($0.kind.rawValue) \($0.certainty.rawValue)" }
    let found = counts.isEmpty ? "" : ": " + counts.joined(separator: ", ")
    let scope = report.filter == nil ? "" : " of what was asked for"
    return fold("verdict\(scope): \(report.verdict.status.rawValue)\(found)\(settings)", indent: 0)
  }

  // MARK: What was open at the end

  private var neverEnded: [StyledLine] {
    guard !report.neverEnded.isEmpty else { return [] }
    var lines = [
      StyledLine("open when the recording ends: \(grouped(Int64(report.neverEnded.count)))", .heading)
    ]
    for call in report.neverEnded.prefix(shownMax) { lines += fold(words(call)) }
    let rest = report.neverEnded.count - min(report.neverEnded.count, shownMax)
    if rest > 0 {
      lines.append(StyledLine("  \(grouped(Int64(rest))) more" + more("query DB never_ended_report")))
    }
    return lines
  }

  private func words(_ call: Report.NeverEndedCall) -> String {
    let subject =
      switch call.kind {
      case .invalidation: "invalidation \(call.invalidation ?? 0) \(call.range ?? "")"
      case .request: "request for a refresh of cache \(call.cache ?? 0), which waits for refresh_lock"
      case .refresh: "refresh \(call.refresh ?? 0) of cache \(call.cache ?? 0)"
      case .lookup: "lookup of refresh \(call.refresh ?? 0)"
      case .check, .deactivation: "\(call.kind.rawValue) of cache \(call.cache ?? 0)"
      }
    let place = call.place.isEmpty ? "" : " (\(call.place))"
    var text =
      "\(subject), \(call.task): since \(self.place.rawValue) \(call.event), \(unit.figure(call.openNs)) \(unit.name); "
      + "last seen in \(self.place.rawValue) \(call.lastEvent)\(place)"
    guard call.kind != .invalidation, let invalidation = call.invalidation, let range = call.range else { return text }
    if !call.waits.isEmpty {
      text += "; waits for invalidation \(invalidation) \(range):"
      let places = call.waits.map {
        " \($0.forms.joined(separator: ", ")) at \($0.statement)" + ($0.canBeLeft ? "" : ", which it cannot leave")
      }
      text += places.joined(separator: ";")
    } else if let waitsAt = call.waitsAt {
      let form = report.replay?.form ?? "the form"
      text += "; \(form) waits for invalidation \(invalidation) \(range) at \(waitsAt)"
    } else {
      text += "; invalidation \(invalidation) \(range) of its page is open"
    }
    return text
  }
}

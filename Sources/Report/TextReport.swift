// The report on the terminal.

import KVMEvents
import Results
import TextLayout

/// Renders a report as text: same report, same bytes.
package struct TextReport {
  private let report: Report
  /// The database's name in commands; nil if it cannot be queried again (`--db :memory:`).
  private let database: String?
  /// Timelines and lines shown of each kind of finding.
  private let shownMax: Int

  package init(_ report: Report, database: String?, shownMax: Int) {
    self.report = report
    self.database = database
    self.shownMax = shownMax
  }

  package var text: String {
    let forms = FormsText(report).lines
    let parts = [header, inputIssues, findings, neverEnded, retries, conformance, forms, verdict]
    let texts = parts.filter { !$0.isEmpty }.map { $0.map(\.printable).joined(separator: "\n") }
    return texts.joined(separator: "\n\n") + "\n"
  }

  // MARK: What was read

  private var header: [String] {
    let trace = report.trace
    let counts = report.counts
    var lines = [
      "\(inputName(trace.fileName)): \(trace.format), \(plural(trace.lineCount, place.ofInput.rawValue)), \(plural(trace.eventCount, "event"))\(span)"
    ]
    if let release = trace.kernelRelease { lines.append("  kernel \(release.text)") }
    let delta = report.replay.map { "; CPUs are ordered beyond \(unit.exact($0.deltaNs)) (--delta)" } ?? ""
    lines.append("  clock \(clock), stamps of \(unit.exact(trace.resolutionNs))\(delta)")
    lines += (report.recordingMarks ?? []).map { "  \($0)" }
    if unit == .tick {
      lines.append("  ticks give an order, not a time: order and counts are judged, durations are not")
    }
    lines.append(
      "  \(plural(counts.vms, "VM")), \(plural(counts.caches, "cache")), \(plural(counts.memslots, "memslot")), "
        + "\(plural(counts.invalidations, "invalidation")) (\(grouped(counts.invalidationsUnpaired)) without start or end), "
        + "\(plural(counts.refreshes, "refresh", "refreshes")), \(plural(counts.rounds, "round")) "
        + "(at most \(grouped(counts.roundsMax)) in one), \(plural(counts.checks, "check"))")
    let known = report.events.filter { $0.kind != nil }
    lines += wrapped(known.map { "\($0.name) \(grouped($0.count))" }, label: "  events: ")
    return lines
  }

  private var place: EventPlace { report.trace.eventPlace }
  private var unit: StampUnit { report.trace.stampUnit }

  private var clock: String {
    // A clock that is not known here: the one assumed measures time.
    if unit == .tick, report.trace.clock.unit == .ns { return "unknown (raw stamps; --clock)" }
    let source =
      switch report.trace.clockSource {
      case .recorded: "recorded"
      case .convention: "by convention: bpftrace's nsecs"
      case .assumed: "assumed: the \(place == .record ? "file" : "text") does not say; --clock"
      }
    return "\(report.trace.clock.rawValue) (\(source))"
  }

  private var span: String {
    guard let first = report.trace.firstTsNs, let last = report.trace.lastTsNs else { return "" }
    return ", \(unit.length(last - first))"
  }

  private var inputIssues: [String] {
    var lines: [String] = []
    let unknown = report.events.filter { $0.kind == nil }
    if !unknown.isEmpty {
      lines += wrapped(unknown.map { "\($0.name) \(grouped($0.count))" }, label: "  ignored events: ")
    }
    for issue in report.issues {
      lines.append("  \(issue.severity.rawValue): \(issue.kind.rawValue) \(grouped(issue.count))" + occurrence(issue))
    }
    for loss in report.losses {
      let unknownSize = loss.gapsOfUnknownSize > 0 ? "\(plural(loss.gapsOfUnknownSize, "gap")) of unknown size" : nil
      // No number if none is known: 0 would mean that nothing was lost.
      let known =
        loss.gapsOfUnknownSize < loss.gaps ? "\(plural(loss.gaps, "gap")), \(plural(loss.lost, "event"))" : nil
      let place = loss.cpu < 0 ? "lost on an unknown CPU" : "lost on CPU \(loss.cpu)"
      lines.append("  \(place): " + [known, unknownSize].compactMap(\.self).joined(separator: ", "))
    }
    for probe in report.missingProbes { lines.append("  no probe \(probe.probe): unknown \(probe.unknown)") }
    lines += report.implausible.map { "  implausible: \($0)" }
    if !report.implausibleFields.isEmpty { lines.append("  \(Report.remedy)") }
    lines += report.leftOut.map { "  omitted: \($0)" }
    if let incomplete = report.trace.incomplete { lines.append("  incomplete: \(incomplete)") }
    return lines
  }

  private func occurrence(_ issue: Report.Issue) -> String {
    guard let first = issue.first.first else { return "" }
    let place =
      switch (self.place, first.line) {
      case (.record, 0): "before record 1"
      case (.record, _): "at record \(first.line)"
      case (.line, _), (.event, _): "in line \(first.line)"
      }
    return ", first \(place): \(first.reason)"
  }

  // MARK: What was found

  private var findings: [String] {
    var lines: [String] = []
    for count in report.findingCounts {
      let shown = report.findings.filter { $0.kind == count.kind && $0.certainty == count.certainty }
      lines.append("\(title(count.kind)), \(count.certainty.rawValue): \(grouped(count.count))")
      for finding in shown.prefix(shownMax) { lines += detail(finding) }
      let rest = count.count.subtractingClamped(Int64(min(shown.count, shownMax)))
      if rest > 0 { lines.append("  … \(grouped(rest)) more" + command(of: count)) }
    }
    return lines
  }

  private func command(of count: Report.FindingCount) -> String {
    guard let database else { return "" }
    return ": gpc-replay query \(database) \"SELECT * FROM finding_report WHERE kind = '\(count.kind.rawValue)'\""
  }

  private func detail(_ finding: FindingDetail) -> [String] {
    switch finding.kind {
    case .contract, .stale, .stuck, .divergence:
      return FindingTimeline(finding, place: place, unit: unit, database: database).lines.map { "  " + $0 }
    case .excessiveRetry:
      let task = finding.proof.first.map { ", \($0.task)" } ?? ""
      return ["  #\(finding.id) \(place.rawValue) \(finding.event)\(task): \(finding.summary)"]
    }
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

  private var neverEnded: [String] {
    guard !report.neverEnded.isEmpty else { return [] }
    var lines = ["open when the recording ends: \(grouped(Int64(report.neverEnded.count)))"]
    for call in report.neverEnded.prefix(shownMax) { lines.append("  " + words(call)) }
    let rest = report.neverEnded.count - min(report.neverEnded.count, shownMax)
    if rest > 0 {
      let command = database.map { ": gpc-replay query \($0) \"SELECT * FROM never_ended_report\"" } ?? ""
      lines.append("  … \(grouped(Int64(rest))) more" + command)
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

  private var retries: [String] {
    guard report.counts.rounds > 0 else { return [] }
    if report.retries.isEmpty {
      // Only all probes of a refresh together show which lookup was its last.
      let isKnown = report.missingProbes.isEmpty && report.implausibleFields.isEmpty
      return ["no round of a retry loop " + (isKnown ? "was repeated" : "is known to have been repeated")]
    }
    var rows = [["repeated rounds", "why", "rounds", "refreshes", "lost \(unit.name)"]]
    rows += report.retries.map {
      [
        $0.cause.rawValue, $0.subCause?.rawValue ?? "", grouped($0.rounds), grouped($0.refreshes),
        unit.figure($0.lostNs),
      ]
    }
    return aligned(rows, right: [2, 3, 4]) + doubts { $0.subject == .cause }
      + report.unexplainedSeqMoves.map {
        "  the recorded seq of VM \($0.vm) moved \(plural($0.moves, "time")) more than the recorded hooks explain"
      }
  }

  /// Why, and how many.
  private func doubts(_ isOf: (Report.DoubtCount) -> Bool) -> [String] {
    report.doubts.filter(isOf).map {
      "  \($0.verdict), \($0.counted): \($0.meaning)"
    }
  }

  private var conformance: [String] {
    var rows = [["decisions", "forced and agreeing", "forced", "open", "unknown"]]
    rows += report.conformance.map {
      [
        $0.subject == .retryTest ? "retry tests" : "checks", grouped($0.forcedAgreeing), grouped($0.forced),
        grouped($0.open), grouped($0.unknown),
      ]
    }
    return aligned(rows, right: [1, 2, 3, 4]) + doubts { $0.subject != .cause }
  }

  private var verdict: [String] {
    let thresholds = report.replay.map {
      "form \($0.form); excessive: more than \($0.retriesMax) false retries"
        + (unit == .ns ? " or \(milliseconds($0.stallMaxNs)) ms lost to them" : "")
    }
    return ["verdict: \(report.verdict.status.rawValue)"] + report.verdict.reasons.map { "  \($0)" }
      + (thresholds.map { ["  \($0)"] } ?? [])
  }
}

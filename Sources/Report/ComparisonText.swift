// The comparison on the terminal: a form per row, in two blocks.

import KVMEvents
import TextLayout

/// Renders a comparison: same comparison, same bytes.
package struct ComparisonText {
  private let report: ComparisonReport
  /// In columns.
  private let width: Int

  package init(_ report: ComparisonReport, width: Int) {
    self.report = report
    self.width = width
  }

  package var text: String {
    let parts =
      report.isEmpty
      ? [report.notCovered, nothing]
      : [report.notCovered, header, refreshes, times, beyondRange, agreement, notCompared]
    return parts.filter { !$0.isEmpty }.map { folded($0.map(\.printable), width: width).joined(separator: "\n") }
      .joined(separator: "\n\n") + "\n"
  }

  private var nothing: [String] {
    [
      "\(inputName(report.file)): \(grouped(report.events)) events; nothing to compare: no refresh and no check whose window is known whole"
    ]
  }

  private var header: [String] {
    guard let recorded = report.forms.first else { return [] }
    let checks = plural(recorded.checkCount, "check")
    let refreshes = plural(recorded.refreshCount, "refresh", "refreshes")
    return [
      "\(inputName(report.file)): \(grouped(report.events)) events, \(refreshes), \(checks)",
      "  recorded: the kernel's own figures. All other rows are modelled: requests, invalidations and "
        + "checks when they happened, lookups as long as the recorded ones, the form decides the rest (docs/compare.md).",
    ] + waits(recorded) + refutation
  }

  /// Relative to the recorded kernel's own.
  private func waits(_ recorded: ComparisonReport.Form) -> [String] {
    let count = recorded.necessaryWaitCount.addingClamped(recorded.falseWaitCount)
      .addingClamped(recorded.widenedWaitCount)
    guard count > 0, let form = report.recordedForm else { return [] }
    return [
      "  \(plural(count, "wait")) of the recorded kernel's own (\(form)): no other form takes their time."
    ]
  }

  private var refutation: [String] {
    guard let form = report.recordedForm, let refutation = report.refutation else { return [] }
    return [
      "  The recorded kernel did not run \(form) (\(report.eventPlace.rawValue) \(refutation.event) refutes it): \(form)'s row "
        + "need not equal the recorded one, and what of the recorded times is the kernel's own waits is not known."
    ]
  }

  private var notCompared: [String] {
    guard !report.notCompared.isEmpty, let form = report.recordedForm else { return [] }
    return [
      "not compared: \(report.notCompared.joined(separator: ", "))",
      "  they do not wait where \(form) does, and what of the recorded times are its waits cannot be told without "
        + "gpc_retry_loop and gpc_retry_check",
    ]
  }

  private var refreshes: [String] { blocks(refreshRows, right: Set(1...11), width: width) }

  /// The heading, and a row for each form.
  package var refreshRows: [[String]] {
    var rows = [
      [
        "form", "rounds", "necessary", "false", "widened", "open", "failed", "stuck", "contract", "stale",
        "wasted lookups", "checks: no",
      ]
    ]
    rows += report.forms.map { form in
      [form.form]
        + [
          form.roundCount, form.necessaryCount, form.falseCount, form.widenedCount, form.undecidedCount,
          form.failedCount, form.stuckCount, form.contractCount, form.staleCount, form.wastedLookupCount,
          form.failedCheckCount,
        ].map(grouped)
    }
    return rows
  }

  private var times: [String] { blocks(timeRows, right: Set(1...9), width: width) }

  /// The heading, and a row for each form.
  package var timeRows: [[String]] {
    var rows = [
      [
        "form", "spun \(unit.name)", "slept \(unit.name)", "wake-ups", "waits", "in vain",
        "longest stall \(unit.name)", "p50 \(unit.shortName)", "p99 \(unit.shortName)", "max \(unit.shortName)",
      ]
    ]
    rows += report.forms.map { form in
      let vain = form.falseWaitCount.addingClamped(form.widenedWaitCount)
      return [
        form.form, unit.figure(form.spunNs), unit.figure(form.sleptNs), grouped(form.wakeUpCount),
        grouped(form.necessaryWaitCount.addingClamped(vain)), grouped(vain), unit.figure(form.stallMaxNs),
        latency(form.latencyP50Ns), latency(form.latencyP99Ns), latency(form.latencyMaxNs),
      ]
    }
    return rows
  }

  private var beyondRange: [String] {
    let sums = report.forms.flatMap { [$0.spunNs, $0.sleptNs, $0.stallMaxNs, $0.latencySumNs] }
    guard sums.contains(.max) else { return [] }
    return [
      "\(unit.figure(.max)) \(unit.name) stand for that and more: the recorded stamps lie too far apart to be summed up"
    ]
  }

  /// In whole microseconds.
  private func latency(_ ns: Int64?) -> String {
    guard let ns else { return "-" }
    return unit == .ns ? grouped(ns.addingClamped(500) / 1000) : grouped(ns)
  }

  private var unit: StampUnit { report.stampUnit }

  private var agreement: [String] {
    guard let form = report.recordedForm, !report.agreement.isEmpty else { return [] }
    var rows = [["how far the model of \(form) is off", "recorded", "modelled", "off by"]]
    rows += report.agreement.map {
      [
        unit == .ns ? $0.figure : $0.figure.replacing("ns ", with: "ticks "), grouped($0.recorded),
        grouped($0.modelled), difference($0.recorded, $0.modelled),
      ]
    }
    return aligned(rows, right: [1, 2, 3]) + offReason
  }

  /// Why the model is more than 1 % off.
  private var offReason: [String] {
    guard report.refutation == nil, let open = report.openDecisions else { return [] }
    let off = report.agreement.filter(\.isOff)
    let why =
      open.retryTests + open.checks == 0
      ? "every recorded decision is forced: the model's own times are off"
      : "\(plural(open.retryTests, "retry test")) and \(plural(open.checks, "check")) of the recording are open: "
        + "both orders are possible, and the model takes one"
    return ["more than 1 % off: " + off.map(\.figure).joined(separator: ", "), "  " + why]
  }

  private func difference(_ recorded: Int64, _ modelled: Int64) -> String {
    guard recorded != modelled else { return "0" }
    guard recorded != 0 else { return grouped(modelled) }
    // In hundredths of a percent, rounded away from 0.
    let off = Int128(modelled) - Int128(recorded)
    let whole = Int128(recorded.magnitude)
    let hundredths = (Int128(off.magnitude) * 10_000 + whole - 1) / whole
    return "\(off < 0 ? "-" : "+")\(percent(hundredths))"
  }
}

/// - Parameter hundredths: of a percent.
private func percent(_ hundredths: Int128) -> String {
  let rest = String(hundredths % 100)
  return "\(grouped(hundredths / 100)).\(rest.count == 1 ? "0" : "")\(rest) %"
}

extension ComparisonReport {
  /// What of the recording the figures do not cover.
  var notCovered: [String] {
    incomplete.map { "incomplete: \($0)" } + excluded
  }

  private var excluded: [String] {
    guard !leftOut.isEmpty || refreshes.compared < refreshes.recorded else { return [] }
    let windows = leftOut.map { "\(plural($0.windowCount, "window")) of the recording (\($0.doubt))" }
    let judged = incomplete.isEmpty ? "" : " that were judged"
    return [
      "excluded: "
        + (windows + [refreshes.leftOut("refreshes"), rounds.leftOut("rounds")]).joined(separator: ", ")
        + judged
    ]
  }
}

extension ComparisonReport.Share {
  /// `12 of 61 rounds (19.67 %)`.
  fileprivate func leftOut(_ noun: String) -> String {
    let leftOut = max(0, recorded.subtractingClamped(compared))
    guard recorded > 0 else { return "no \(noun)" }
    return
      "\(grouped(leftOut)) of \(grouped(recorded)) \(noun) (\(percent(Int128(leftOut) * 10_000 / Int128(recorded))))"
  }
}

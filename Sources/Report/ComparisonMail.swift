// `compare --mail`: what forms would have cost, in 72 characters.

import KVMEvents
import TextLayout

/// The figures of a comparison that a mail argues with.
package struct ComparisonMail {
  private let report: ComparisonReport
  /// The command that gives it again.
  private let command: String

  package init(_ report: ComparisonReport, command: String) {
    self.report = report
    self.command = command
  }

  package var lines: [String] {
    let head =
      "\(inputName(report.file)): \(grouped(report.events)) events. The first row was recorded, all others are modelled: "
      + "requests, invalidations and checks when they happened, lookups as long as the recorded ones."
    let unit = report.stampUnit
    let rounds =
      [["form", "rounds", "necessary", "false", "wasted", "stuck", "missed"]]
      + report.forms.map { form in
        let wrong = form.contractCount.addingClamped(form.staleCount)
        return [form.form]
          + [
            form.roundCount, form.necessaryCount, form.falseCount.addingClamped(form.widenedCount),
            form.wastedLookupCount, form.stuckCount, wrong,
          ].map(grouped)
      }
    let times =
      [["form", "spun \(unit.name)", "slept \(unit.name)", "longest stall \(unit.name)"]]
      + report.forms.map { form in
        [form.form, unit.figure(form.spunNs), unit.figure(form.sleptNs), unit.figure(form.stallMaxNs)]
      }
    let words = ([head] + report.notCovered).flatMap { MailTimeline.broken($0, indent: 0) }
    let tables = aligned(rounds, right: Set(1...6)) + [""] + aligned(times, right: Set(1...3))
    let legend = MailTimeline.broken(
      "wasted: lookups of repeated rounds; stuck: refreshes that would never return; missed: contract and stale",
      indent: 0)
    return words + [""] + tables.map { $0.isEmpty ? "" : "  " + $0 } + [""] + legend
      + MailTimeline.broken("Command: \(command)", indent: 0)
  }
}

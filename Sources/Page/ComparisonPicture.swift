// The comparison of forms as bars and tables.

import Report
import TextLayout

/// Repeated rounds of each form, by cause; the recorded kernel first.
struct ComparisonPicture {
  private let comparison: ComparisonReport
  private let width: Int
  private static let rowHeight = 40

  /// - Parameter width: of the text, in columns.
  init(_ comparison: ComparisonReport, width: Int) {
    self.comparison = comparison
    self.width = width
  }

  func draw(_ html: inout HTML) {
    let words = ComparisonText(comparison, width: width)
    html.element(
      "p", ["class": "note"],
      "Requests, invalidations and checks come when they were recorded; lookups take as long as the recorded ones; the form "
        + "decides the rest. Only the first row is recorded.")
    let most = comparison.forms.map { repeated($0).reduce(Int64(0)) { $0.addingClamped($1.1) } }.max() ?? 0
    html.element("figure") { html in
      html.element("figcaption", "Repeated rounds by form")
      html.element(
        "svg",
        [
          "role": "img", "width": "100%", "height": String(comparison.forms.count * Self.rowHeight),
          "aria-label": "Repeated rounds by form. The tables below have the figures.",
        ]
      ) { html in
        for (index, form) in comparison.forms.enumerated() {
          draw(form, y: index * Self.rowHeight, most: most, &html)
        }
      }
    }
    html.table(words.refreshRows, right: Set(1...11), caption: "Rounds, refreshes and checks", mark: "form_row")
    html.table(words.timeRows, right: Set(1...9), caption: "Time")
    html.details("As compare prints it, with how far the model is off") { html in
      html.scrolling("The comparison as text") { html in html.preformatted(words.text) }
    }
  }

  private func repeated(_ form: ComparisonReport.Form) -> [(kind: String, count: Int64)] {
    [
      ("necessary", form.necessaryCount), ("false", form.falseCount), ("widened", form.widenedCount),
      ("undecided", form.undecidedCount),
    ]
  }

  private func draw(_ form: ComparisonReport.Form, y: Int, most: Int64, _ html: inout HTML) {
    let bars = repeated(form)
    let missed = form.contractCount.addingClamped(form.staleCount)
    let notes = [
      form.isModelled ? "modelled" : "as recorded",
      plural(bars.reduce(Int64(0)) { $0.addingClamped($1.count) }, "repeated round"),
      missed > 0 ? plural(missed, "missed invalidation") : nil,
      form.stuckCount > 0 ? "\(grouped(form.stuckCount)) stuck" : nil,
    ]
    html.element(
      "text", ["class": missed > 0 || form.stuckCount > 0 ? "label bad" : "label", "x": "0", "y": String(y + 13)],
      (form.isModelled ? form.form : "recorded kernel") + ": " + notes.compactMap(\.self).joined(separator: ", "))
    html.void("rect", ["class": "track", "x": "0", "y": String(y + 18), "width": "100%", "height": "14"])
    var place = 0.0
    for (kind, count) in bars where count > 0 {
      let width = Double(count) / Double(max(most, 1)) * 100
      html.bar(
        from: place, to: place + width, y: y + 18, height: 14,
        [
          "class": "bars flat \(kind)\(form.isModelled ? " modelled" : "")", "data-mark": "form_bar",
          "data-form": form.form, "data-kind": kind, "data-count": String(count),
        ], title: "\(form.form): \(grouped(count)) \(kind)")
      place += width
    }
  }
}

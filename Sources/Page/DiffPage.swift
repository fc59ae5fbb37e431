// Two recordings side by side as one HTML file.

import Report
import TextLayout

/// The same sentences and tables as `gpc-replay diff` prints.
package struct DiffPage {
  private let diff: RecordingDiff
  private let names: (before: String, after: String)

  package init(_ diff: RecordingDiff, before: String, after: String) {
    self.diff = diff
    names = (before, after)
  }

  package var text: String {
    PageShell(title: "gpc-replay diff: \(names.before), \(names.after)").document { html in
      html.element("header") { html in
        html.element("h1", ["class": "answer"], "Before and after")
        html.element("ul") { html in
          for sentence in diff.sentences(before: names.before, after: names.after) {
            html.element("li", ["class": sentence.isDetail ? "detail" : "recording"], sentence.text)
          }
        }
      }
      for table in diff.tables {
        let title = table.first?.first ?? ""
        html.element("section") { html in
          html.element("h2", title)
          html.table(table, right: [1, 2, 3], caption: title, mark: "diff_row")
        }
      }
    }
  }
}

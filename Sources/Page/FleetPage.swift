// The report on a fleet database as one HTML file.

import Report
import TextLayout

/// The same sentences and tables as `gpc-replay report FLEET` prints.
package struct FleetPage {
  private let report: FleetReport
  private let database: String

  package init(_ report: FleetReport, database: String) {
    self.report = report
    self.database = database
  }

  package var text: String {
    PageShell(title: "gpc-replay: \(database)").document { html in
      html.element("header") { html in
        html.element("h1", ["class": "answer"], report.answer.first?.text ?? "")
        html.element("ul") { html in
          for line in report.answer.dropFirst() { html.element("li", ["class": "recording"], line.text) }
        }
      }
      for table in report.tables {
        html.element("section") { html in
          html.element("h2", table.title)
          html.table(table.rows, right: table.right, caption: table.title, mark: "fleet_row")
          if let more = table.more(database) { html.element("p", more) }
        }
      }
    }
  }
}

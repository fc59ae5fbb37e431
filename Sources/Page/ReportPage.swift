// The report of a database as one HTML file.

import KVMEvents
import Report
import Results
import TextLayout
import TraceStore

/// The answer, the findings in time, counterexamples step by step, the overview, and the report as text.
package struct ReportPage {
  private let report: Report
  private let options: TextReport.Options
  private let overview: ActivityOverview?
  private let findings: [(detail: FindingDetail, window: FindingWindow?)]
  private let counterexamples: [(detail: CounterexampleDetail, text: String)]
  private let counterexampleCount: Int
  private let comparison: ComparisonReport?

  private static let counterexamplesMax = 6
  /// With `--findings all` of thousands: what a page can hold.
  private static let findingsMax = 60

  /// - Parameter options: of the report as text.
  package init(_ report: Report, _ options: TextReport.Options, in database: TraceDatabase) throws(TraceStoreError) {
    self.report = report
    self.options = options
    overview = report.replay == nil ? nil : try ActivityOverview(database)
    var findings: [(detail: FindingDetail, window: FindingWindow?)] = []
    for finding in report.findings.prefix(Self.findingsMax) {
      // With the invalidations of an excessive retry.
      let detail = finding.kind == .excessiveRetry ? try FindingDetail(finding.id, in: database) ?? finding : finding
      findings.append((detail, try FindingWindow(detail, in: database)))
    }
    self.findings = findings
    let numbers = try CounterexampleDetail.numbers(in: database)
    counterexampleCount = numbers.count
    var counterexamples: [(detail: CounterexampleDetail, text: String)] = []
    for number in numbers.prefix(Self.counterexamplesMax) {
      guard let detail = try CounterexampleDetail(number, in: database) else { continue }
      counterexamples.append((detail, try database.counterexampleText(number) ?? ""))
    }
    self.counterexamples = counterexamples
    let comparison = try ComparisonReport(database, of: nil, notCompared: [])
    self.comparison = comparison.forms.isEmpty ? nil : comparison
  }

  private var unit: StampUnit { report.trace.stampUnit }
  private var findingCount: Int64 { report.findingCounts.reduce(0) { $0.addingClamped($1.count) } }

  package var text: String {
    PageShell(title: "gpc-replay: \(inputName(report.trace.fileName))").document { html in
      answer(&html)
      if !findings.isEmpty { section("Findings", "findings", &html, findingSection) }
      if !counterexamples.isEmpty {
        section("Other orders of the same steps (modelled)", "orders", &html, counterexampleSection)
      }
      if let overview, !overview.vms.isEmpty || !overview.caches.isEmpty {
        section("The recording over time", "time", &html) { html in
          OverviewPicture(overview, findings: findings.map(\.detail), of: findingCount, unit: unit).draw(&html)
        }
      }
      if !report.retries.isEmpty { section("Repeated rounds by cause", "retries", &html, retries) }
      if let comparison {
        section("What each form would have cost (modelled)", "forms", &html) { html in
          ComparisonPicture(comparison, width: options.width).draw(&html)
        }
      }
      section("The report as text", "text", &html) { html in
        html.details("All of it, as gpc-replay report prints it") { html in
          html.scrolling("The report as text") { html in html.preformatted(TextReport(report, options).text) }
        }
        let by = report.replay.map { "Replayed by gpc-replay \($0.toolVersion). " } ?? ""
        html.element(
          "p", ["class": "note"],
          "\(by)This file asks for nothing from a network; each picture has its proof or its sums as a table.")
      }
    }
  }

  private func section(_ title: String, _ id: String, _ html: inout HTML, _ content: (inout HTML) -> Void) {
    html.element("section", ["id": id, "aria-labelledby": "\(id)-title"]) { html in
      html.element("h2", ["id": "\(id)-title"], title)
      content(&html)
    }
  }

  // MARK: The answer

  private func answer(_ html: inout HTML) {
    let status = report.verdict.status
    html.element("header") { html in
      html.element("p", ["class": "file"], inputName(report.trace.fileName))
      html.element("h1", ["class": "answer \(status.rawValue)"], report.answer.first ?? "")
      if report.answer.count > 1 {
        html.element("ul") { html in
          for sentence in report.answer.dropFirst() { html.element("li", sentence) }
        }
      }
      html.element("p", ["class": "note"]) { html in
        html.write("Verdict: ")
        html.element("strong", ["class": "verdict \(status.rawValue)"], status.rawValue)
        for count in report.findingCounts {
          html.write("; \(grouped(count.count)) \(count.kind.rawValue) \(count.certainty.rawValue)")
        }
        if let replay = report.replay { html.write("; form \(replay.form)") }
      }
    }
    if !findings.isEmpty || overview != nil { legend(&html) }
    patterns(&html)
  }

  /// What marks mean: each also differs by shape or pattern.
  private func legend(_ html: inout HTML) {
    html.details("What the marks mean") { html in
      html.element("ul", ["class": "legend"]) { html in
        for (marks, words) in Self.legend {
          html.element("li") { html in
            html.element("svg", ["width": "28", "height": "22", "aria-hidden": "true"]) { html in
              for mark in marks.split(separator: "+").map(String.init) {
                switch mark {
                case "event wrong", "event wrong possible", "event slow", "event":
                  html.void("path", ["class": mark, "d": mark == "event" ? "M14 1V21" : "M14 16L21 3H7Z"])
                case "validity yes": html.void("path", ["class": mark, "d": "M9 11a5 5 0 1 0 10 0a5 5 0 1 0 -10 0"])
                case "validity no": html.void("path", ["class": mark, "d": "M10 7l8 8m0 -8l-8 8"])
                case _:
                  let isThin = mark == "span lookup" || mark == "span lock_wait"
                  html.void(
                    "rect",
                    [
                      "class": mark, "x": "1", "y": isThin ? "7" : "1", "width": "26", "height": isThin ? "8" : "20",
                    ])
                }
              }
            }
            html.write(words)
          }
        }
      }
    }
  }

  private static let legend: [(String, String)] = [
    ("event wrong", "the event that is wrong: certain"),
    ("event wrong possible", "the same, if it is possible only"),
    ("event slow", "a refresh that retried too often"),
    ("event", "an event of the proof"),
    ("span start_hook", "start or end hook of an invalidation"),
    ("span contract_window", "contract window: the page must not be used"),
    ("span refresh", "a refresh, under refresh_lock"),
    ("span lock_wait", "waits for refresh_lock"),
    ("span refresh+span lookup", "hva_to_pfn() of a round"),
    ("span check", "kvm_gpc_check()"),
    ("validity yes", "gpc->valid is recorded as 1"),
    ("validity no", "gpc->valid is recorded as 0"),
    ("track unknown", "between two recorded values: unknown"),
    ("bars necessary", "rounds repeated for an invalidation of the page"),
    ("bars false", "rounds repeated for unrelated invalidations"),
    ("bars unknown", "cause undecided or unknown"),
    ("loss", "events were lost"),
    ("bars false modelled", "dashed outline: modelled, not recorded"),
  ]

  /// What fills refer to.
  private func patterns(_ html: inout HTML) {
    html.element("svg", ["class": "patterns", "width": "0", "height": "0", "aria-hidden": "true"]) { html in
      html.element("defs") { html in
        html.element(
          "pattern", ["id": "stripes", "width": "4", "height": "4", "patternUnits": "userSpaceOnUse"]
        ) { html in
          html.void("rect", ["class": "stripe-ground", "width": "4", "height": "4"])
          html.void("rect", ["class": "stripe", "width": "4", "height": "1.6"])
        }
        html.element(
          "pattern", ["id": "tall-stripes", "width": "40", "height": "40", "patternUnits": "userSpaceOnUse"]
        ) { html in
          html.void("rect", ["class": "stripe-ground", "width": "40", "height": "40"])
          html.void("rect", ["class": "stripe", "width": "40", "height": "16"])
        }
        html.element(
          "pattern",
          [
            "id": "hatch", "width": "8", "height": "8", "patternUnits": "userSpaceOnUse",
            "patternTransform": "rotate(45)",
          ]
        ) { html in
          html.void("rect", ["class": "hatch-ground", "width": "8", "height": "8"])
          html.void("rect", ["class": "hatch-line", "width": "2.5", "height": "8"])
        }
      }
    }
  }

  // MARK: Findings

  private func findingSection(_ html: inout HTML) {
    for finding in findings {
      html.element("article", ["id": "finding-\(finding.detail.id)", "data-mark": "finding_article"]) { html in
        let detail = finding.detail
        html.element("h3") { html in
          html.write("#\(detail.id) ")
          html.element("span", ["class": "kind \(detail.kind.rawValue)"], detail.kind.rawValue)
          html.write(", \(detail.certainty.rawValue): \(detail.summary)")
        }
        let timeline = FindingTimeline(detail, FindingTimeline.Format(report.trace, width: options.width), .full)
        html.element("ul") { html in
          for sentence in timeline.sentences { html.element("li", sentence) }
        }
        if let window = finding.window { FindingPicture(detail, window, report.trace).draw(&html) }
        proof(detail, timeline, &html)
        html.element("p", ["class": "note"]) { html in
          html.element("code", "gpc-replay explain \(options.database.map(shellWord) ?? "DB") \(detail.id)")
        }
      }
    }
    let left = findingCount.subtractingClamped(Int64(findings.count))
    if left > 0 {
      html.element(
        "p",
        "\(plural(left, "more finding")): gpc-replay explain \(options.database.map(shellWord) ?? "DB"); the report as text "
          + "names the groups."
      )
    }
  }

  /// The proof as `FindingTimeline` prints it, with a column for the task.
  private func proof(_ finding: FindingDetail, _ timeline: FindingTimeline, _ html: inout HTML) {
    let heading = [
      "", report.trace.eventPlace.rawValue, unit.shortName, "CPU", "task", "event", "lock or hook", "fields",
    ]
    let first = finding.proof.first?.tsNs ?? 0
    let rows = finding.proof.enumerated().map { index, event in
      [
        String(index + 1), String(event.line), unit.shortFigure(event.tsNs.subtractingClamped(first)),
        event.cpu < 0 ? "" : String(event.cpu), event.task, (event.line == finding.event ? "> " : "") + event.name,
        event.place, timeline.fields(event),
      ]
    }
    html.table(
      [heading] + rows, right: [0, 1, 2, 3], caption: "Proof of #\(finding.id); > is wrong", mark: "proof_row")
  }

  // MARK: Retries

  private func retries(_ html: inout HTML) {
    let most = report.retries.map(\.rounds).max() ?? 1
    html.element("figure") { html in
      html.element(
        "svg",
        [
          "role": "img", "width": "100%", "height": String(report.retries.count * 40),
          "aria-label": "Repeated rounds by cause. The table below has the figures.",
        ]
      ) { html in
        for (index, retry) in report.retries.enumerated() {
          let label = [retry.cause.rawValue, retry.subCause?.rawValue].compactMap(\.self).joined(separator: ", ")
          html.element("text", ["class": "label", "x": "0", "y": String(index * 40 + 13)], label)
          html.bar(
            from: 0, to: Double(retry.rounds) / Double(max(most, 1)) * 100, y: index * 40 + 18, height: 16,
            [
              "class": "bars flat \(retry.cause.rawValue)", "data-mark": "retry_cause",
              "data-count": String(retry.rounds),
            ], title: "\(label): \(plural(retry.rounds, "round"))")
        }
      }
    }
    let rows = report.retries.map {
      [
        $0.cause.rawValue, $0.subCause?.rawValue ?? "", grouped($0.rounds), grouped($0.refreshes),
        unit.figure($0.lostNs),
      ]
    }
    html.table(
      [["repeated rounds", "why", "rounds", "refreshes", "lost \(unit.name)"]] + rows, right: [2, 3, 4],
      caption: "Repeated rounds by cause", mark: "retry_row")
  }

  // MARK: Counterexamples

  private func counterexampleSection(_ html: inout HTML) {
    html.element(
      "p", ["class": "note"],
      "explore found these orders; the recording does not show them. ~ marks a step that the recording has before one above."
    )
    for (detail, text) in counterexamples {
      CounterexampleTable(detail, place: report.trace.eventPlace).draw(text: text, &html)
    }
    if counterexampleCount > counterexamples.count {
      let left = counterexampleCount - counterexamples.count
      html.element("p", "\(plural(left, "more counterexample")): gpc-replay query DB counterexample_report.")
    }
  }
}

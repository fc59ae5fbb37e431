// A counterexample as a table that can be stepped through.

import KVMEvents
import Report
import TextLayout

/// A column per task, a row per step, and the state after it. The script shows one row at a time; without it the table
/// is whole.
struct CounterexampleTable {
  private let detail: CounterexampleDetail
  private let place: EventPlace
  private let tasks: [String]

  init(_ detail: CounterexampleDetail, place: EventPlace) {
    self.detail = detail
    self.place = place
    tasks = detail.steps.reduce(into: []) { tasks, step in
      if !tasks.contains(step.task) { tasks.append(step.task) }
    }
  }

  private var hasNeeds: Bool { detail.steps.contains { $0.needsInvalidation != nil } }

  private var heading: [(word: String, group: String)] {
    [("step", "place"), (place.rawValue, "place")] + tasks.map { ($0, "task") } + [
      ("locks", "state"), ("valid", "state"),
    ]
      + (hasNeeds ? [("needs_invalidation", "state")] : [])
      + [("pfn", "state"), ("count", "state"), ("seq", "state")]
  }

  private func cells(_ step: CounterexampleDetail.Step, number: Int) -> [String] {
    let event = step.event.map { (step.isWhatIf ? "~" : "") + String($0) } ?? ""
    return [String(number), event] + tasks.map { $0 == step.task ? step.statement : "" }
      + [step.locks, step.valid ? "1" : "0"]
      + (hasNeeds ? [step.needsInvalidation.map { $0 ? "1" : "0" } ?? ""] : [])
      + [step.pfnState, String(step.activeInv), String(step.seq)]
  }

  func draw(text: String, _ html: inout HTML) {
    html.element(
      "article", ["id": "counterexample-\(detail.id)", "class": "modelled", "data-mark": "counterexample"]
    ) { html in
      html.element("h3") { html in
        html.write("#\(detail.id) ")
        html.element("span", ["class": "kind \(detail.verdict)"], detail.verdict)
        html.write(" under \(detail.form), window \(detail.window): \(detail.title)")
      }
      html.element("div", ["class": "stepper"]) { html in
        html.scrolling("Steps of counterexample \(detail.id)") { html in table(&html) }
      }
      html.details("As explain prints it") { html in
        html.scrolling("Counterexample \(detail.id) as text") { html in html.preformatted(text) }
      }
    }
  }

  private func table(_ html: inout HTML) {
    html.element("table", ["class": "steps"]) { html in
      html.element("caption", "Steps of #\(detail.id): what each task does, and the state after it")
      html.element("thead") { html in
        html.element("tr") { html in
          for (word, group) in heading { html.element("th", ["scope": "col", "data-group": group], word) }
        }
      }
      html.element("tbody") { html in
        var before: [String] = []
        for (index, step) in detail.steps.enumerated() {
          let cells = cells(step, number: index + 1)
          let classes = [step.isLoop ? "loop" : nil, step.isWhatIf ? "what-if" : nil].compactMap(\.self)
          html.element(
            "tr",
            [
              "data-mark": "step", "data-function": step.function, "class": classes.joined(separator: " "),
            ]
          ) { html in
            for (column, cell) in cells.enumerated() {
              let isState = heading[column].group == "state"
              let isChanged = isState && !before.isEmpty && before[column] != cell
              let isTask = heading[column].group == "task" && !cell.isEmpty
              html.element("td", ["class": isChanged ? "changed" : isTask ? "does" : "same"], cell)
            }
          }
          before = cells
        }
      }
    }
  }
}

// Forms by scenarios: what each form does wrong where.

import Forms
import GPCProtocol

package struct Matrix: Sendable {
  package let forms: [ProtocolForm]
  package let scenarios: [Scenario]
  /// By form, then by scenario; nil: the form has nothing of it (`Scenario.isFor`).
  package let cells: [[Exploration?]]

  /// - Parameter finished: called after each search.
  package init(
    forms: [ProtocolForm] = ProtocolForm.all, scenarios: [Scenario] = Scenario.builtIn,
    limits: SearchLimits = SearchLimits(), grain: Grain = .lockSection,
    finished: (_ count: Int, _ of: Int) -> Void = { _, _ in }
  ) {
    self.forms = forms
    self.scenarios = scenarios
    var count = 0
    cells = forms.map { form in
      scenarios.map { scenario in
        defer {
          count += 1
          finished(count, forms.count * scenarios.count)
        }
        return scenario.isFor(form) ? Explorer(form, scenario, limits: limits, grain: grain).explore() : nil
      }
    }
  }

  var searched: [Exploration] { cells.flatMap { $0.compactMap { $0 } } }

  package var isComplete: Bool { searched.allSatisfy { $0.completeness == .complete } }
  package var stateCount: Int { searched.reduce(0) { $0 + $1.stateCount } }
  package var stateCountMax: Int { searched.map(\.stateCount).max() ?? 0 }
}

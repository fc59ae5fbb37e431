// Forms by scenarios: what each form does wrong where.

import Forms
import GPCProtocol

package struct Matrix: Sendable {
  package let forms: [ProtocolForm]
  package let scenarios: [Scenario]
  /// By form, then by scenario; nil: the form has nothing of it (`Scenario.isFor`).
  package let cells: [[Exploration?]]

  package init(
    forms: [ProtocolForm] = ProtocolForm.all, scenarios: [Scenario] = Scenario.builtIn,
    limits: SearchLimits = SearchLimits(), grain: Grain = .lockSection
  ) {
    self.forms = forms
    self.scenarios = scenarios
    cells = forms.map { form in
      scenarios.map { $0.isFor(form) ? Explorer(form, $0, limits: limits, grain: grain).explore() : nil }
    }
  }

  var searched: [Exploration] { cells.flatMap { $0.compactMap { $0 } } }

  package var isComplete: Bool { searched.allSatisfy { $0.completeness == .complete } }
  package var stateCount: Int { searched.reduce(0) { $0 + $1.stateCount } }
  package var stateCountMax: Int { searched.map(\.stateCount).max() ?? 0 }
}

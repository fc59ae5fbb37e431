// Forms by scenarios: what each form does wrong where.

import Forms
import GPCProtocol

package struct Matrix: Sendable {
  package let forms: [ProtocolForm]
  package let scenarios: [Scenario]
  /// By form, then by scenario.
  package let cells: [[Exploration]]

  package init(
    forms: [ProtocolForm] = ProtocolForm.all, scenarios: [Scenario] = Scenario.builtIn,
    limits: SearchLimits = SearchLimits(), grain: Grain = .lockSection
  ) {
    self.forms = forms
    self.scenarios = scenarios
    cells = forms.map { form in scenarios.map { Explorer(form, $0, limits: limits, grain: grain).explore() } }
  }

  package var isComplete: Bool { cells.allSatisfy { $0.allSatisfy { $0.completeness == .complete } } }
  package var stateCount: Int { cells.reduce(0) { $0 + $1.reduce(0) { $0 + $1.stateCount } } }
  package var stateCountMax: Int { cells.flatMap { $0 }.map(\.stateCount).max() ?? 0 }
}

// What a step found: the branch it took, and what the invariants say of it.

package struct StepOutcome: Hashable, Sendable {
  package var branch = StepBranch.done
  package var violations = Violations.none

  package init(_ branch: StepBranch = .done, _ violations: Violations = .none) {
    self.branch = branch
    self.violations = violations
  }
}

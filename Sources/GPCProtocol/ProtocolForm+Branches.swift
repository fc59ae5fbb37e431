// The ways that a form's steps can go.

extension ProtocolForm {
  /// Every branch that a task can take under this form, in code order: of each of its steps all that the engine has there, but for what the
  /// form's own rules leave out.
  package var branches: [ProtocolBranch] {
    steps.flatMap { step in
      step.branches.map { ProtocolBranch(step, $0) }.filter { rules.admits($0) }
    }
  }
}

extension ProtocolRules {
  /// Of a step that the form has: can it go this way? What is not named here is decided by the other tasks, the memslots or the mm.
  fileprivate func admits(_ branch: ProtocolBranch) -> Bool {
    guard branch.step == .retry(.count) else { return true }
    switch retry.inFlight {
    // The count is the whole test in flight.
    case .count: return branch.branch != .pending
    // The first of three fields: a count that is not 0 leads to the range and decides nothing.
    case .pending: return branch.branch != .retry
    case .unread, .sectionOverlap: return false
    }
  }
}

// How much of the forms a set of explorations goes through: every step, and every way that a step can go.

import GPCProtocol

/// What was reached of each form, over any number of explorations.
package struct Coverage {
  package let forms: [ProtocolForm]
  /// By form.
  private(set) var reached: [BranchSet]

  package init(forms: [ProtocolForm]) {
    self.forms = forms
    reached = [BranchSet](repeating: BranchSet(), count: forms.count)
  }

  /// Adds what an exploration of `form`, one of `forms` under the same memory model, has reached.
  package mutating func add(_ form: ProtocolForm, _ branches: BranchSet) {
    guard let index = forms.firstIndex(where: { $0.id == form.id && $0.rules == form.rules }) else {
      preconditionFailure("\(form.id) is not among the forms that are covered")
    }
    let undeclared = branches.subtracting(BranchSet(form.branches))
    precondition(undeclared.isEmpty, "\(form.id) goes ways that it does not declare: \(undeclared.branches)")
    reached[index].formUnion(branches)
  }

  /// Every step and every branch of every form was reached.
  package var isComplete: Bool {
    zip(forms, reached).allSatisfy { form, reached in BranchSet(form.branches).subtracting(reached).isEmpty }
  }
}

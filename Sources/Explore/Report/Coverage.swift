// How much of the forms a set of explorations goes through: every step, and every way that a step can go.

import Forms
import GPCProtocol

/// What was reached of each form, over any number of explorations of recordings.
package struct Coverage {
  package let forms: [ProtocolForm]
  /// By form.
  private(set) var reached: [BranchSet]

  package init(forms: [ProtocolForm]) {
    self.forms = forms
    reached = [BranchSet](repeating: BranchSet(), count: forms.count)
  }

  /// The same of these forms.
  package init(under forms: [ProtocolForm]) {
    self.init(
      forms: forms.flatMap { form in
        let buffered = form.under(.tso)
        return buffered.branches == form.branches ? [form] : [form, buffered]
      })
  }

  /// Adds what an exploration of `form`, one of `forms` or with the same steps as it, has reached.
  package mutating func add(_ form: ProtocolForm, _ branches: BranchSet) {
    let ofID = forms.indices.filter { forms[$0].id == form.id }
    guard
      let index = ofID.first(where: { forms[$0].rules == form.rules })
        ?? ofID.first(where: { forms[$0].branches == form.branches })
    else {
      preconditionFailure("\(form.id) is not among the forms that are covered")
    }
    let undeclared = branches.subtracting(BranchSet(form.branches))
    precondition(undeclared.isEmpty, "\(form.id) goes ways that it does not declare: \(undeclared.branches)")
    reached[index].formUnion(branches)
  }

  /// Adds what another set of explorations of the same forms has reached.
  package mutating func add(_ other: Coverage) {
    precondition(forms.map(\.id) == other.forms.map(\.id), "two coverages of different forms")
    for index in reached.indices { reached[index].formUnion(other.reached[index]) }
  }

  /// Every step and every branch of every form was reached.
  package var isComplete: Bool {
    zip(forms, reached).allSatisfy { form, reached in BranchSet(Self.declared(form)).subtracting(reached).isEmpty }
  }

  /// What some recording can have of a form.
  static func declared(_ form: ProtocolForm) -> [ProtocolBranch] { form.branches.filter(form.mayRecord) }
}

extension ProtocolForm {
  /// Can a recording of it go this way? What is guest_memfd's or a vCPU's no recording has.
  func mayRecord(_ branch: ProtocolBranch) -> Bool {
    !program.traits[Int(branch.step.code)].has(.isUnrecorded)
  }
}

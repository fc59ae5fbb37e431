// One published form of the protocol: its name, where it was published, and how it differs, as data.

import KVMEvents

/// A published form of the `gfn_to_pfn_cache` protocol. The engine is one; a form is a value of this type.
package struct ProtocolForm: Sendable {
  /// What `--protocol` takes.
  package let id: String
  /// One line: what sets this form apart.
  package let title: String
  /// Where it was published.
  package let source: String
  package let rules: ProtocolRules
  /// The form that it starts from; nil: none.
  package let base: String?
  /// Of mainline's own: the first release that has it; others do not have one.
  package let since: KernelVersion?
  /// What its rules make of the protocol's text.
  package let program: ProtocolProgram
  /// A mutant's change of the text.
  private let edit: (@Sendable (inout ProtocolText<ProtocolState>) -> Void)?

  /// - Parameter edit: changes the text of the kernel functions: a mutant.
  package init(
    id: String, title: String, source: String, rules: ProtocolRules, base: String? = nil,
    since: KernelVersion? = nil, edit: (@Sendable (inout ProtocolText<ProtocolState>) -> Void)? = nil
  ) {
    self.id = id
    self.title = title
    self.source = source
    self.rules = rules
    self.base = base
    self.since = since
    self.edit = edit
    program = ProtocolProgram(rules, edit: edit)
  }

  /// Every step that a task can come to under this form, in code order.
  package var steps: [TaskStep] { program.steps }

  /// Every branch that a task can take under this form, in code order.
  package var branches: [ProtocolBranch] { program.branches }

  /// The next patch of a series: this form with `change` applied. Rows of a series add up.
  package func followed(
    by id: String, title: String, source: String, _ change: (inout ProtocolRules) -> Void
  ) -> ProtocolForm {
    var rules = rules
    change(&rules)
    return ProtocolForm(id: id, title: title, source: source, rules: rules, base: self.id, edit: edit)
  }

  /// The same form under another memory model.
  package func under(_ memory: MemoryModel) -> ProtocolForm {
    if memory == rules.memory { return self }
    var rules = rules
    rules.memory = memory
    return ProtocolForm(id: id, title: title, source: source, rules: rules, base: base, since: since, edit: edit)
  }
}

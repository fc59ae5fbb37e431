// One published form of the protocol: its name, where it was published, and how it differs, as data.

/// A published form of the `gfn_to_pfn_cache` protocol. The engine is one; a form is a value of this type, in a file of its own under `Forms/`.
package struct ProtocolForm: Sendable {
  /// What `--protocol` takes.
  package let id: String
  /// One line: what sets this form apart.
  package let title: String
  /// Where it was published.
  package let source: String
  package let rules: ProtocolRules
  /// The form that it is told from; nil where it stands alone.
  package let base: String?

  package init(id: String, title: String, source: String, rules: ProtocolRules, base: String? = nil) {
    self.id = id
    self.title = title
    self.source = source
    self.rules = rules
    self.base = base
  }

  /// The next patch of a series: this form with `change` applied. Rows of a series add up.
  package func followed(
    by id: String, title: String, source: String, _ change: (inout ProtocolRules) -> Void
  ) -> ProtocolForm {
    var rules = rules
    change(&rules)
    return ProtocolForm(id: id, title: title, source: source, rules: rules, base: self.id)
  }

  /// The same form under another memory model.
  package func under(_ memory: MemoryModel) -> ProtocolForm {
    var rules = rules
    rules.memory = memory
    return ProtocolForm(id: id, title: title, source: source, rules: rules, base: base)
  }
}

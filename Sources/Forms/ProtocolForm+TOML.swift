// A form as a file to start from.

import GPCProtocol

extension ProtocolForm {
  /// A file of one form with the rules of this one: based on the same built-in form, each rule that differs with its C.
  /// The file has an id of its own, because built-in ids are taken.
  package var toml: String {
    let base = base.flatMap { ProtocolForm.named($0) }
    let baseRules = base?.rules ?? ProtocolRules()
    let differing = Rule.all.filter { $0.value(in: rules) != $0.value(in: baseRules) }
    var lines = [
      "# \(id), as a file to start from. The rules, and what each can be: gpc-replay protocols --rules",
      "id = \(Self.quoted(String("my-\(id)".prefix(32))))", "title = \(Self.quoted(title))",
      "source = \(Self.quoted(source))", "from = \(Self.quoted(base?.id ?? Self.v69.id))",
    ]
    for rule in differing {
      let value = rule.value(in: rules)
      lines += ["", "# \(rule.statement(value))", "rules.\(rule.name) = \(value.tomlWord)"]
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// A basic string. Titles and sources have no control characters.
  private static func quoted(_ text: String) -> String {
    "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
  }
}

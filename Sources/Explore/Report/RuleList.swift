// The rules that a file of forms can name, for people.

import Forms
import GPCProtocol

/// The rules by name.
package enum RuleList {
  /// A rule, and below it its values; those of v6.9 are marked.
  package static var lines: [String] {
    let usual = ProtocolRules()
    let width = Rule.all.flatMap(\.valueWords).map(\.count).max() ?? 0
    let rules = Rule.all.flatMap { rule in
      ["", "rules.\(rule.name)"]
        + rule.values.map { value in
          let mark = rule.value(in: usual) == value ? "*" : " "
          let word = value.tomlWord
          return "  \(mark) \(word)\(String(repeating: " ", count: width - word.count))  \(rule.statement(value))"
        }
    }
    let excluded = RuleExclusion.all.map { exclusion in
      let others = exclusion.excluded.map(\.tomlWord).joined(separator: " or ")
      return
        "  \(exclusion.rule) = \(exclusion.value.tomlWord), not with \(exclusion.other) = \(others): \(exclusion.reason)"
    }
    return ["*: of v6.9, and of every file that does not say otherwise"] + rules + ["", "not together:"] + excluded
  }

  package static var json: [ProtocolsJSON.Rule] {
    Rule.all.map { rule in
      ProtocolsJSON.Rule(
        name: rule.name,
        values: rule.values.map { ProtocolsJSON.Rule.Value(value: $0.tomlWord, statement: rule.statement($0)) })
    }
  }
}

// What can be wrong with a file of forms.

import GPCProtocol

/// Why forms cannot be read, and where.
package struct FormFault: Error, Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    case malformed(reason: String)
    case noForm
    /// A key is on two lines.
    case repeatedKey(String, line: Int)
    case missingKey(String, of: String)
    case unknownKey(String, of: String, known: [String])
    /// Has characters other than letters, digits, dots and hyphens, or is a reserved word.
    case badID(String)
    /// Two forms of that name, one of them perhaps built in.
    case repeatedID(String)
    /// `known`: the forms that it can be told from.
    case unknownBase(form: String, base: String, known: [String])
    /// From a form to itself, over forms of the file, each with its line.
    case cycle([String])
    case unknownRule(form: String, rule: String)
    case wrongValue(form: String, rule: String)
    /// - `otherLine`: nil: the other value is that of the form it is told from.
    case excluded(
      form: String, rule: String, value: String, other: String, otherValue: String, otherLine: Int?, reason: String)
  }

  package let kind: Kind
  /// Counted from 1; nil: of the file as a whole.
  package let line: Int?

  init(_ kind: Kind, line: Int? = nil) {
    self.kind = kind
    self.line = line
  }

  /// Follows the file's name.
  package var sentence: String { (line.map { "line \($0): " } ?? "") + kind.sentence }
}

extension FormFault.Kind {
  fileprivate var sentence: String {
    switch self {
    case .malformed(let reason): "it is malformed: \(reason)"
    case .noForm: "there is neither a form nor a [[form]] in it"
    case .repeatedKey(let key, let line): "\(key) is there twice, first in line \(line)"
    case .missingKey(let key, let form): "\(key) of \(form) is missing, or no text"
    case .unknownKey(let key, let form, let known):
      "\(form) has '\(key)', which is none of \(known.joined(separator: ", "))"
    case .badID(let id):
      "'\(id)' cannot be the id of a form: letters, digits, dots and hyphens, and not all, recorded or mainline"
    case .repeatedID(let id): "there is another form '\(id)'"
    case .unknownBase(let form, let base, let known):
      "\(form) is told from '\(base)', which is no form above it, nor a built-in one: \(known.joined(separator: ", "))"
    case .cycle(let forms): "from goes in a circle: \(forms.joined(separator: ", from "))"
    case .unknownRule(let form, let rule):
      "\(form) has a rule '\(rule)'; the rules are \(Rule.all.map(\.name).joined(separator: ", "))"
    case .wrongValue(let form, let rule):
      "the rule \(rule) of \(form) is none of \(Rule.named(rule)?.valueWords.joined(separator: ", ") ?? "")"
    case .excluded(let form, let rule, let value, let other, let otherValue, let otherLine, let reason):
      """
      \(form) cannot have rules.\(rule) = \(value) with rules.\(other) = \(otherValue) \
      (\(otherLine.map { "line \($0)" } ?? "of the form that it is told from")): \(reason)
      """
    }
  }
}

extension Rule.Value {
  /// As a file has it.
  package var tomlWord: String {
    switch self {
    case .flag(let flag): "\(flag)"
    case .word(let word): "\"\(word)\""
    }
  }
}

extension Rule {
  /// As a file has them.
  package var valueWords: [String] { values.map(\.tomlWord) }
}

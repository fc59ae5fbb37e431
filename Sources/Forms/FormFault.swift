// What can be wrong with a file of forms.

import GPCProtocol

/// Why forms cannot be read. `sentence` says it behind the file's name.
package enum FormFault: Error, Equatable, Sendable {
  /// `reason` says where.
  case malformed(reason: String)
  case noForm
  /// Not of letters, digits, dots and hyphens, or a word that stands for something else.
  case badID(String)
  /// Two forms of that name, one of them perhaps built in.
  case repeatedID(String)
  case unknownBase(form: String, base: String)
  case unknownRule(form: String, rule: String)
  case wrongValue(form: String, rule: String)

  package var sentence: String {
    switch self {
    case .malformed(let reason): "it is malformed: \(reason)"
    case .noForm: "there is no [[form]] in it"
    case .badID(let id):
      "'\(id)' cannot be the id of a form: letters, digits, dots and hyphens, and not all, recorded or mainline"
    case .repeatedID(let id): "there is another form '\(id)'"
    case .unknownBase(let form, let base):
      "\(form) is told from '\(base)', which is no form above it, nor a built-in one"
    case .unknownRule(let form, let rule):
      "\(form) has a rule '\(rule)'; the rules are \(Rule.all.map(\.name).joined(separator: ", "))"
    case .wrongValue(let form, let rule):
      "the rule \(rule) of \(form) is none of \(Rule.named(rule)?.valueWords.joined(separator: ", ") ?? "")"
    }
  }
}

extension Rule {
  /// As a file has them.
  package var valueWords: [String] {
    values.map { value in
      switch value {
      case .flag(let flag): "\(flag)"
      case .word(let word): "\"\(word)\""
      }
    }
  }
}

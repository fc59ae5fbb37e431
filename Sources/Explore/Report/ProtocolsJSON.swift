// Forms and rules as a JSON document.

import Forms
import GPCProtocol

/// `protocols --json`.
package struct ProtocolsJSON: Encodable {
  package struct Form: Encodable {
    let id: String
    let title: String
    let source: String
    let from: String?
    let rules: [String: String]
    let program: [Function]?

    package init(_ form: ProtocolForm, withProgram: Bool) {
      id = form.id
      title = form.title
      source = form.source
      from = form.base
      rules = Dictionary(
        uniqueKeysWithValues: GPCProtocol.Rule.all.map { ($0.name, $0.value(in: form.rules).tomlWord) })
      program =
        withProgram
        ? ProgramListing(form).functions.map { function in
          Function(
            name: function.name,
            lines: function.lines.map { Function.Line(step: $0.name, statement: $0.statement, ways: $0.ways) })
        } : nil
    }
  }

  package struct Function: Encodable {
    package struct Line: Encodable {
      let step: String
      let statement: String
      let ways: String
    }

    let name: String
    let lines: [Line]
  }

  package struct Rule: Encodable {
    package struct Value: Encodable {
      let value: String
      let statement: String
    }

    let name: String
    let values: [Value]
  }

  private let forms: [Form]?
  private let rules: [Rule]?

  package init(_ forms: [Form]) {
    self.forms = forms
    rules = nil
  }

  package init(rules: [Rule]) {
    forms = nil
    self.rules = rules
  }
}

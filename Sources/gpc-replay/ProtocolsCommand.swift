// `protocols`: the published forms and where they come from; one form's program, two side by side, or one as a file.

import ArgumentParser
import Explore
import Forms
import GPCProtocol
import Report
import TextLayout

struct ProtocolsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "protocols",
    abstract: "List the forms of the protocol, or show what one of them does.",
    discussion: """
      A form is named by its id, or by its file (docs/forms.md).

      Example:
        gpc-replay protocols seanjc-2
        gpc-replay protocols --diff v6.9 seanjc-2
        gpc-replay protocols --toml seanjc-2
      """)

  @Argument(help: "Print the programs of these forms: their functions, line by line, in the order of the C.")
  var forms: [FormsArgument] = []

  @Option(parsing: .upToNextOption, help: "Print the programs of two forms side by side, where they differ.")
  var diff: [FormsArgument] = []

  @Option(help: "Print a form as a file to start from.")
  var toml: FormsArgument?

  @Flag(help: "Print the forms as state machines, in Markdown: docs/protocol.md.")
  var document = false

  @Flag(help: "List the rules that a file of forms can name, what each can be, and the C that it stands for.")
  var rules = false

  @Flag(help: "The forms with all their rules, or with --rules the rules, as one JSON document.")
  var json = false

  func validate() throws {
    if !diff.isEmpty && diff.count != 2 { throw ValidationError("--diff takes two forms.") }
    let asked = [!forms.isEmpty, !diff.isEmpty, toml != nil, document, rules].count { $0 }
    if asked > 1 { throw ValidationError("FORM, --diff, --toml, --document and --rules exclude each other.") }
    if json && (!diff.isEmpty || toml != nil || document) {
      throw ValidationError("--json is of the list, of a form, or of --rules.")
    }
  }

  func run() throws {
    try printOut(try json ? JSONReport.text(jsonDocument()) : lines().map { $0 + "\n" }.joined())
  }

  private func lines() throws -> [String] {
    if document { return ProtocolDocument().lines() }
    if rules { return RuleList.lines }
    if let toml { return [String(try toml.one("--toml").toml.dropLast())] }
    if !diff.isEmpty {
      return ProgramListing(try diff[0].one("--diff")).difference(from: ProgramListing(try diff[1].one("--diff")))
    }
    if !forms.isEmpty {
      return Array(
        try FormsArgument(merging: forms).read().map { ProgramListing($0.form).text() }.joined(separator: [""]))
    }
    let width = ProtocolForm.all.map(\.id.count).max() ?? 0
    return ProtocolForm.all.flatMap { form in
      let start = form.id + String(repeating: " ", count: width - form.id.count + 2)
      let title = folded(form.title, indent: width + 2, width: Terminal.width)
      return [start + title[0].dropFirst(width + 2)] + title.dropFirst()
        + folded(form.source, indent: width + 2, width: Terminal.width)
    }
  }

  private func jsonDocument() throws -> ProtocolsJSON {
    if rules { return ProtocolsJSON(rules: RuleList.json) }
    if !forms.isEmpty {
      return ProtocolsJSON(
        try FormsArgument(merging: forms).read().map { ProtocolsJSON.Form($0.form, withProgram: true) })
    }
    return ProtocolsJSON(ProtocolForm.all.map { ProtocolsJSON.Form($0, withProgram: false) })
  }
}

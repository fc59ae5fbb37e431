// A page of the manual, from the same description as `--help`.

import Foundation

/// One verb, or the program, in mdoc(7).
struct ManualPage {
  /// Without its section: `gpc-replay-corpus-run`.
  let name: String
  let text: String

  /// - Parameters:
  ///   - verb: what the page is about.
  ///   - path: the words that name it, the program's first.
  ///   - date: as mdoc has it: `November 30, 2026`.
  init(_ verb: VerbDescription, path: [String], date: String) {
    name = path.joined(separator: "-")
    var page = Roff()
    page.macro("Dd", date)
    page.macro("Dt", name.uppercased(), "1")
    page.macro("Os")
    page.macro("Sh", "NAME")
    page.macro("Nm", name)
    page.macro("Nd", String((verb.abstract ?? name).drop { $0 == " " }.trimmingSuffix(".")))
    page.macro("Sh", "SYNOPSIS")
    Self.synopsis(verb, path, &page)
    page.macro("Sh", "DESCRIPTION")
    var paragraphs = Self.paragraphs(verb.discussion ?? "")
    let statuses = paragraphs.compactMap(\.exitStatus)
    paragraphs.removeAll { $0.exitStatus != nil && $0.text.hasPrefix(Self.statusWords) }
    if let abstract = verb.abstract { page.text(abstract) }
    for paragraph in paragraphs where !paragraph.isExample { page.paragraph(paragraph) }
    Self.verbs(verb, path, &page)
    Self.arguments(verb, &page)
    if let status = statuses.first {
      page.macro("Sh", "EXIT STATUS")
      page.text(status)
    }
    let examples = paragraphs.filter(\.isExample)
    if !examples.isEmpty {
      page.macro("Sh", "EXAMPLES")
      page.literal(examples.flatMap(\.exampleLines))
    }
    page.macro("Sh", "SEE ALSO")
    Self.seeAlso(verb, path, &page)
    text = page.text
  }

  /// The pages of a program and all its verbs.
  static func all(of program: VerbDescription, date: String) -> [ManualPage] {
    func pages(_ verb: VerbDescription, _ path: [String]) -> [ManualPage] {
      [ManualPage(verb, path: path, date: date)]
        + verb.verbs.filter { $0.commandName != "help" }.flatMap { pages($0, path + [$0.commandName]) }
    }
    return pages(program, [program.commandName])
  }

  // MARK: Sections

  private static func synopsis(_ verb: VerbDescription, _ path: [String], _ page: inout Roff) {
    page.macro("Nm", path.joined(separator: " "))
    if !verb.verbs.isEmpty, verb.defaultSubcommand == nil {
      page.macro("Ar", "verb")
      page.macro("Op", "Ar", "argument", "...")
      return
    }
    for argument in verb.shownArguments {
      let value = argument.valueName ?? "value"
      let ending = argument.isRepeating ? ["..."] : []
      switch argument.kind {
      case .positional:
        page.macro(argument.isOptional ? "Op" : "Ar", (argument.isOptional ? ["Ar"] : []) + [value] + ending)
      case .flag: page.macro("Op", ["Fl"] + Self.flag(argument))
      case .option:
        let words = ["Fl"] + Self.flag(argument) + ["Ar", value] + ending
        page.macro(argument.isOptional ? "Op" : words[0], argument.isOptional ? words : Array(words.dropFirst()))
      }
    }
    guard let implied = verb.defaultSubcommand else { return }
    page.macro("Ar", "trace")
    page.macro("Nm", path.joined(separator: " "))
    page.macro("Ar", "verb")
    page.macro("Op", "Ar", "argument", "...")
    _ = implied
  }

  /// Without the hyphen that the macro sets.
  private static func flag(_ argument: VerbDescription.Argument) -> [String] {
    [String((argument.preferredName?.word ?? "-").dropFirst())]
  }

  private static func verbs(_ verb: VerbDescription, _ path: [String], _ page: inout Roff) {
    if verb.verbs.isEmpty { return }
    page.text("The verbs are:")
    page.macro("Bl", "-tag", "-width", "Ds")
    for inner in verb.verbs {
      page.macro("It", "Cm", inner.commandName)
      page.text(inner.abstract ?? "")
      if inner.commandName == verb.defaultSubcommand { page.text("Need not be named.") }
    }
    page.macro("El")
  }

  private static func arguments(_ verb: VerbDescription, _ page: inout Roff) {
    let arguments = verb.shownArguments
    if arguments.isEmpty { return }
    page.macro("Sh", "OPTIONS")
    page.macro("Bl", "-tag", "-width", "Ds")
    for argument in arguments {
      let value = argument.valueName ?? "value"
      switch argument.kind {
      case .positional: page.macro("It", "Ar", value)
      case .flag, .option:
        var words: [String] = []
        for word in argument.words { words += (words.isEmpty ? [] : [","]) + ["Fl", String(word.dropFirst())] }
        page.macro("It", words + (argument.kind == .option ? ["Ar", value] : []))
      }
      page.text(argument.abstract ?? "")
      if let values = argument.allValues { page.text("Values: \(values.joined(separator: ", ")).") }
      if let value = argument.defaultValue { page.text("Default: \(value).") }
    }
    page.macro("El")
  }

  private static func seeAlso(_ verb: VerbDescription, _ path: [String], _ page: inout Roff) {
    var names = verb.verbs.filter { $0.commandName != "help" }.map { (path + [$0.commandName]).joined(separator: "-") }
    if path.count > 1 { names.append(path.dropLast().joined(separator: "-")) }
    for (index, name) in names.sorted().enumerated() {
      page.macro("Xr", [name, "1"] + (index + 1 < names.count ? [","] : []))
    }
  }

  // MARK: The discussion

  fileprivate struct Paragraph {
    let lines: [String]

    var text: String { lines.joined(separator: " ") }
    var isExample: Bool { lines[0].hasPrefix("Example:") }
    var isLiteral: Bool { lines.allSatisfy { $0.hasPrefix("  ") } }

    var exampleLines: [String] {
      let first = lines[0].dropFirst("Example:".count).drop { $0 == " " }
      return (first.isEmpty ? [] : [String(first)]) + lines.dropFirst().map { String($0.drop { $0 == " " }) }
    }

    /// What it says of it, to its end.
    var exitStatus: String? {
      guard let range = text.range(of: ManualPage.statusWords), !isExample else { return nil }
      let rest = text[range.upperBound...]
      return rest.prefix(1).uppercased() + rest.dropFirst()
    }
  }

  fileprivate static let statusWords = "Exit status: "

  private static func paragraphs(_ discussion: String) -> [Paragraph] {
    discussion.split(separator: "\n", omittingEmptySubsequences: false).split(separator: "").map {
      Paragraph(lines: $0.map(String.init))
    }
  }
}

/// Text with macros of mdoc(7).
private struct Roff {
  /// Of a line of the page's source, in bytes; escapes may make it a little longer.
  private static let width = 70

  private(set) var text = ""

  mutating func macro(_ name: String, _ words: String...) { macro(name, words) }

  mutating func macro(_ name: String, _ words: [String]) {
    // The name of a section, and of a page, is several words without quotes.
    let isPlain = ["Sh", "Dd", "Nd", "Os"].contains(name)
    let arguments = words.map { word in
      let escaped = Self.escaped(word)
      return escaped.contains(" ") && !isPlain ? "\"\(escaped.replacing("\"", with: "\\(dq"))\"" : escaped
    }
    text += "." + ([name] + arguments).joined(separator: " ") + "\n"
  }

  /// A sentence begins a line, so that its end is seen.
  mutating func text(_ paragraph: String) {
    var line = ""
    let words = paragraph.split(separator: " ")
    for (index, word) in words.enumerated() {
      line += (line.isEmpty ? "" : " ") + word
      let next = index + 1 < words.count ? words[index + 1] : ""
      let ends = word.last.map { ".?!:".contains($0) } == true && next.first?.isLowercase != true
      if ends || next.isEmpty || line.utf8.count + 1 + next.utf8.count > Self.width {
        text += Self.line(line)
        line = ""
      }
    }
  }

  mutating func paragraph(_ paragraph: ManualPage.Paragraph) {
    if paragraph.isLiteral { return literal(paragraph.lines.map { String($0.dropFirst(2)) }) }
    macro("Pp")
    text(paragraph.text)
  }

  mutating func literal(_ lines: [String]) {
    macro("Bd", "-literal", "-offset", "indent")
    for line in lines { text += Self.line(line) }
    macro("Ed")
  }

  /// A line of text: no request, whatever it begins with.
  private static func line(_ text: String) -> String {
    let escaped = escaped(text)
    return (escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" : "") + escaped + "\n"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\e").replacing("`", with: "\\(ga").replacing("--", with: "\\-\\-")
  }
}

extension StringProtocol {
  fileprivate func trimmingSuffix(_ suffix: String) -> SubSequence {
    hasSuffix(suffix) ? dropLast(suffix.count) : self[...]
  }
}

// A page of the manual, from the same description as `--help`.

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
    let (discussion, status) = Self.parted(verb.discussion ?? "")
    let paragraphs = Self.paragraphs(discussion)
    if let abstract = verb.abstract { page.text(abstract) }
    for paragraph in paragraphs where !paragraph.isExample { page.paragraph(paragraph.lines) }
    Self.verbs(verb, path, &page)
    Self.arguments(verb, &page)
    page.macro("Sh", "EXIT STATUS")
    if let status {
      page.text(status)
    } else {
      page.text("As of the program:")
      page.macro("Xr", path[0], "1", ".")
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

  /// Options first, as in the usage that `--help` prints; those that every verb has are left out.
  private static func synopsis(_ verb: VerbDescription, _ path: [String], _ page: inout Roff) {
    let name = path.joined(separator: " ")
    guard verb.verbs.isEmpty else {
      if let implied = verb.defaultSubcommand.flatMap({ verb.verb($0) }) {
        page.macro("Nm", name)
        page.macro("Op", "Ar", "option", "...")
        for argument in implied.shownArguments where argument.kind == .positional {
          page.macro("Ar", argument.valueName ?? "")
        }
      }
      page.macro("Nm", name)
      page.macro("Ar", "verb")
      page.macro("Op", "Ar", "argument", "...")
      return
    }
    page.macro("Nm", name)
    let arguments = verb.shownArguments.filter { !["--version", "--help"].contains($0.preferredName?.word) }
    for argument in arguments where argument.kind != .positional {
      let value = argument.kind == .option ? ["Ar", argument.valueName ?? ""] : []
      let words = ["Fl", Self.flag(argument)] + value + (argument.isRepeating ? ["..."] : [])
      page.macro(argument.isOptional ? "Op" : words[0], argument.isOptional ? words : Array(words.dropFirst()))
    }
    for argument in arguments where argument.kind == .positional {
      let words = [argument.valueName ?? ""] + (argument.isRepeating ? ["..."] : [])
      page.macro(argument.isOptional ? "Op" : "Ar", argument.isOptional ? ["Ar"] + words : words)
    }
  }

  /// Without the hyphen that the macro sets.
  private static func flag(_ argument: VerbDescription.Argument) -> String {
    String((argument.preferredName?.word ?? "-").dropFirst())
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

  private struct Paragraph {
    let lines: [String]

    var isExample: Bool { lines[0].hasPrefix("Example:") }

    var exampleLines: [String] {
      let first = lines[0].dropFirst("Example:".count).drop { $0 == " " }
      return (first.isEmpty ? [] : [String(first)]) + lines.dropFirst().map { String($0.drop { $0 == " " }) }
    }
  }

  private static func paragraphs(_ discussion: String) -> [Paragraph] {
    discussion.split(separator: "\n", omittingEmptySubsequences: false).split(separator: "").map {
      Paragraph(lines: $0.map(String.init))
    }
  }

  /// The sentence that says what the exit status is, and the discussion without it.
  private static func parted(_ discussion: String) -> (discussion: String, status: String?) {
    guard let start = discussion.firstRange(of: "Exit status: ") else { return (discussion, nil) }
    let rest = discussion[start.upperBound...]
    // Its end is the first full stop that ends a line or comes before a capital.
    let end = rest.firstRange(of: /\.(?=\n|$| [A-Z])/)?.upperBound ?? rest.endIndex
    let before = String(discussion[..<start.lowerBound])
    return (before + String(rest[end...].drop { $0 == " " }), String(rest[..<end]))
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

  /// Indented lines are literal.
  mutating func paragraph(_ lines: [String]) {
    var lines = lines[...]
    if lines.first?.hasPrefix("  ") == false { macro("Pp") }
    while let first = lines.first {
      let isLiteral = first.hasPrefix("  ")
      let run = lines.prefix { $0.hasPrefix("  ") == isLiteral }
      if isLiteral { literal(run.map { String($0.dropFirst(2)) }) } else { text(run.joined(separator: " ")) }
      lines = lines.dropFirst(run.count)
    }
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

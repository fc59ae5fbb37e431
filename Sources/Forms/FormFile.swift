// A file of forms: TOML, one form or a table for each.

import GPCProtocol
import KVMEvents
import TOMLKit

/// The contents of a file: `from`, the form that it starts from, and `rules.…` for what differs; `id`, `title` and
/// `source`. Several forms are tables `[[form]]`, each with these keys. Of mainline's own, `since`.
package struct FormFile: Sendable {
  package private(set) var forms: [ProtocolForm] = []

  private let lines: FormLines
  private let known: [ProtocolForm]
  private let isMainline: Bool
  private let name: String?

  /// - Parameters:
  ///   - known: the forms that those in it may be told from.
  ///   - isMainline: they are mainline's own, each with its first release.
  ///   - name: of the file, without what names its kind: a file of one form needs no `id`, `title` or `source`.
  package init(
    toml: String, known: [ProtocolForm] = [], isMainline: Bool = false, name: String? = nil
  ) throws(FormFault) {
    // The parser takes what stands before one for all there is.
    guard !toml.utf8.contains(0) else { throw FormFault(.malformed(reason: "there is a NUL byte in it")) }
    if let fault = TOMLLimits.fault(toml) { throw FormFault(.malformed(reason: fault.reason), line: fault.line) }
    lines = FormLines(toml)
    self.known = known
    self.isMainline = isMainline
    self.name = name.map { String($0.map { Self.isIDCharacter($0) ? $0 : "-" }.prefix(32)) }
    let file = try Self.table(toml, lines)
    // What is in a table lies in the file's memory.
    defer { withExtendedLifetime(file) {} }
    guard file["form"] != nil else {
      guard !file.isEmpty else { throw FormFault(.noForm) }
      try expectKeys(of: file, Self.keys + ["form"], in: "the file", nil)
      forms = [try form(file, nil, [])]
      return
    }
    try expectKeys(of: file, ["form"], in: "the file", nil)
    guard let tables = file["form"]?.array, !tables.isEmpty else { throw FormFault(.noForm) }
    guard tables.count <= Self.formsMax else {
      throw FormFault(.malformed(reason: "it has \(tables.count) forms, and \(Self.formsMax) are read at most"))
    }
    let all = try (0..<tables.count).map { (index) throws(FormFault) -> TOMLTable in
      guard let table = tables[index].table else { throw FormFault(.noForm) }
      return table
    }
    for (index, table) in all.enumerated() { forms.append(try form(table, index, all)) }
  }

  private static func table(_ toml: String, _ lines: FormLines) throws(FormFault) -> TOMLTable {
    do {
      return try TOMLTable(string: toml)
    } catch let error as TOMLParseError {
      let line = error.source.begin.line
      if let repeated = lines.firstRepeated, repeated.second == line {
        throw FormFault(.repeatedKey(repeated.key, line: repeated.first), line: repeated.second)
      }
      throw FormFault(.malformed(reason: "\(error.description.prefix { $0 != "\n" })"), line: line)
    } catch {
      throw FormFault(.malformed(reason: "\(error)"))
    }
  }

  /// Each is compared with all others.
  private static let formsMax = 256

  private static let keys = ["id", "title", "source", "from", "rules"]

  /// - Parameters:
  ///   - index: of its table; nil: the file is the form.
  ///   - tables: all of the file.
  private func form(_ table: TOMLTable, _ index: Int?, _ tables: [TOMLTable]) throws(FormFault) -> ProtocolForm {
    let isAlone = index == nil
    let id = try line("id", of: table, in: "a form", index, orElse: isAlone ? name : nil)
    guard Self.isID(id) else { throw FormFault(.badID(id), line: lines.line(of: "id", form: index)) }
    let known = known + forms
    guard !known.contains(where: { $0.id == id }) else {
      throw FormFault(.repeatedID(id), line: lines.line(of: "id", form: index))
    }
    try expectKeys(of: table, isMainline ? Self.keys + ["since"] : Self.keys, in: id, index)
    let since = isMainline ? KernelVersion(try line("since", of: table, in: id, index)) : nil
    if isMainline && since == nil { throw FormFault(.malformed(reason: "since of \(id) is no release")) }
    let base = table["from"] == nil ? nil : try line("from", of: table, in: id, index)
    var rules = ProtocolRules()
    if let base { rules = try self.base(base, of: id, index, known, tables).rules }
    if let changes = table["rules"] {
      guard let changes = changes.table else {
        throw FormFault(.malformed(reason: "rules of \(id) is no table"), line: lines.line(of: "rules", form: index))
      }
      try apply(changes, of: id, index, under: "", to: &rules)
    }
    try expectSense(of: rules, of: id, index, table["rules"]?.table)
    let told = isAlone ? "told from \(base ?? "v6.9")" : nil
    return ProtocolForm(
      id: id, title: try line("title", of: table, in: id, index, orElse: told),
      source: try line("source", of: table, in: id, index, orElse: isAlone ? name.map { "\($0).toml" } : nil),
      rules: rules, base: base, since: since)
  }

  private func base(
    _ name: String, of id: String, _ index: Int?, _ known: [ProtocolForm], _ tables: [TOMLTable]
  ) throws(FormFault) -> ProtocolForm {
    if name == ProtocolForm.mainlineWord { return .mainline }
    if let form = known.first(where: { $0.id == name }) { return form }
    let line = lines.line(of: "from", form: index)
    var chain = [id]
    var next: String? = name
    while let word = next {
      chain.append(word)
      if word == id { throw FormFault(.cycle(chain), line: line) }
      // A cycle of other forms is reported with them.
      if chain.dropLast().contains(word) { break }
      next = tables.first { $0["id"]?.string == word }?["from"]?.string
    }
    throw FormFault(.unknownBase(form: id, base: name, known: known.map(\.id)), line: line)
  }

  /// Tables in tables are names with dots: `walk.place`.
  private func apply(
    _ table: TOMLTable, of form: String, _ index: Int?, under prefix: String, to rules: inout ProtocolRules
  ) throws(FormFault) {
    for key in table.keys {
      let name = prefix + key
      if let inner = table[key]?.table {
        try apply(inner, of: form, index, under: name + ".", to: &rules)
        continue
      }
      let line = lines.line(of: "rules." + name, form: index)
      guard let rule = Rule.named(name) else { throw FormFault(.unknownRule(form: form, rule: name), line: line) }
      let value = table[key]?.bool.map(Rule.Value.flag) ?? table[key]?.string.map(Rule.Value.word)
      guard let value, rule.values.contains(value) else {
        throw FormFault(.wrongValue(form: form, rule: name), line: line)
      }
      rule.set(value, in: &rules)
    }
  }

  /// No two values exclude each other.
  private func expectSense(
    of rules: ProtocolRules, of form: String, _ index: Int?, _ changes: TOMLTable?
  ) throws(FormFault) {
    guard let excluded = RuleExclusion.all.first(where: { $0.holds(for: rules) }) else { return }
    func line(_ rule: String) -> Int? {
      var table = changes
      let words = rule.split(separator: ".").map(String.init)
      for word in words.dropLast() { table = table?[word]?.table }
      guard let last = words.last, table?[last] != nil else { return nil }
      return lines.line(of: "rules." + rule, form: index)
    }
    func value(_ rule: String) -> String { Rule.named(rule)?.value(in: rules).tomlWord ?? "" }
    // The one that the file names comes first.
    let (rule, other) =
      line(excluded.rule) == nil ? (excluded.other, excluded.rule) : (excluded.rule, excluded.other)
    throw FormFault(
      .excluded(
        form: form, rule: rule, value: value(rule), other: other, otherValue: value(other), otherLine: line(other),
        reason: excluded.reason),
      line: line(rule) ?? lines.head(form: index))
  }

  private func expectKeys(
    of table: TOMLTable, _ known: [String], in place: String, _ index: Int?
  ) throws(FormFault) {
    guard let key = table.keys.first(where: { !known.contains($0) }) else { return }
    throw FormFault(.unknownKey(key, of: place, known: known), line: lines.line(of: key, form: index))
  }

  /// Printed on terminals as it is: one line, and nothing that moves the cursor.
  private func line(
    _ key: String, of table: TOMLTable, in place: String, _ index: Int?, orElse usual: String? = nil
  ) throws(FormFault) -> String {
    if let usual, table[key] == nil { return usual }
    let line = lines.line(of: key, form: index)
    guard let text = table[key]?.string else { throw FormFault(.missingKey(key, of: place), line: line) }
    guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
      throw FormFault(.malformed(reason: "\(key) of \(place) is not one line of printable text"), line: line)
    }
    return text
  }

  private static func isID(_ id: String) -> Bool {
    !id.isEmpty && id.utf8.count <= 32 && id.allSatisfy(isIDCharacter) && id != "all" && id != "recorded"
      && id != ProtocolForm.mainlineWord
  }

  private static func isIDCharacter(_ character: Character) -> Bool {
    switch character {
    case "a"..."z", "A"..."Z", "0"..."9", ".", "-": character.utf8.count == 1
    default: false
    }
  }
}

// A file of forms: TOML, one table for each.

import GPCProtocol
import KVMEvents
import TOMLKit

/// What stands in a file: `[[form]]` with `id`, `title`, `source`, perhaps a `base`, and `rules.…` for what differs
/// from it; of mainline's own, `since`.
package struct FormFile: Sendable {
  package private(set) var forms: [ProtocolForm] = []

  /// - Parameters:
  ///   - known: the forms that those in it may be told from.
  ///   - isMainline: they are mainline's own, each with its first release.
  package init(toml: String, known: [ProtocolForm] = [], isMainline: Bool = false) throws(FormFault) {
    // The parser takes what stands before one for all there is.
    guard !toml.utf8.contains(0) else { throw .malformed(reason: "there is a NUL byte in it") }
    let file: TOMLTable
    do {
      file = try TOMLTable(string: toml)
    } catch let error as TOMLParseError {
      throw .malformed(reason: "\(error.description.prefix { $0 != "\n" }), line \(error.source.begin.line)")
    } catch {
      throw .malformed(reason: "\(error)")
    }
    // What is in a table lies in the file's memory.
    defer { withExtendedLifetime(file) {} }
    try Self.expectKeys(of: file, ["form"], in: "the file")
    guard let tables = file["form"]?.array, !tables.isEmpty else { throw .noForm }
    for index in 0..<tables.count {
      guard let table = tables[index].table else { throw .noForm }
      forms.append(try Self.form(table, known + forms, isMainline: isMainline))
    }
  }

  private static func form(
    _ table: TOMLTable, _ known: [ProtocolForm], isMainline: Bool
  ) throws(FormFault) -> ProtocolForm {
    let id = try line("id", of: table, in: "a form")
    guard isID(id) else { throw .badID(id) }
    guard !known.contains(where: { $0.id == id }) else { throw .repeatedID(id) }
    let keys = ["id", "title", "source", "base", "rules"]
    try expectKeys(of: table, isMainline ? keys + ["since"] : keys, in: id)
    let since = isMainline ? KernelVersion(try line("since", of: table, in: id)) : nil
    if isMainline && since == nil { throw .malformed(reason: "since of \(id) is no release") }
    var rules = ProtocolRules()
    var base: String?
    if table["base"] != nil {
      let name = try line("base", of: table, in: id)
      let isNewest = name == ProtocolForm.mainlineWord
      guard let form = isNewest ? .mainline : known.first(where: { $0.id == name }) else {
        throw .unknownBase(form: id, base: name)
      }
      rules = form.rules
      base = name
    }
    if let changes = table["rules"] {
      guard let changes = changes.table else { throw .malformed(reason: "rules of \(id) is no table") }
      try apply(changes, of: id, under: "", to: &rules)
    }
    return ProtocolForm(
      id: id, title: try line("title", of: table, in: id), source: try line("source", of: table, in: id), rules: rules,
      base: base, since: since)
  }

  /// Tables in tables are names with dots: `walk.place`.
  private static func apply(
    _ table: TOMLTable, of form: String, under prefix: String, to rules: inout ProtocolRules
  ) throws(FormFault) {
    for key in table.keys {
      let name = prefix + key
      if let inner = table[key]?.table {
        try apply(inner, of: form, under: name + ".", to: &rules)
        continue
      }
      guard let rule = Rule.named(name) else { throw .unknownRule(form: form, rule: name) }
      let value = table[key]?.bool.map(Rule.Value.flag) ?? table[key]?.string.map(Rule.Value.word)
      guard let value, rule.values.contains(value) else { throw .wrongValue(form: form, rule: name) }
      rule.set(value, in: &rules)
    }
  }

  private static func expectKeys(of table: TOMLTable, _ known: [String], in place: String) throws(FormFault) {
    if let key = table.keys.first(where: { !known.contains($0) }) {
      throw .malformed(reason: "\(place) has '\(key)', which is none of \(known.joined(separator: ", "))")
    }
  }

  /// Printed on terminals as it is: one line, and nothing that moves the cursor.
  private static func line(_ key: String, of table: TOMLTable, in place: String) throws(FormFault) -> String {
    guard let text = table[key]?.string else { throw .malformed(reason: "\(key) of \(place) is missing, or no text") }
    guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
      throw .malformed(reason: "\(key) of \(place) is not one line of printable text")
    }
    return text
  }

  private static func isID(_ id: String) -> Bool {
    let isWord = id.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    return isWord && !id.isEmpty && id.utf8.count <= 32 && id != "all" && id != "recorded"
      && id != ProtocolForm.mainlineWord
  }
}

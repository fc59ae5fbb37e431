// Reads the language of the catalogue files; linux_6_12.probes explains it.

import KVMEvents

struct CatalogueParser {
  private static let kinds = Dictionary(uniqueKeysWithValues: EventKind.allCases.map { ($0.name, $0) })
  private static let fields = Dictionary(uniqueKeysWithValues: EventField.allCases.map { ($0.name, $0) })

  private var events: [CatalogueEvent] = []
  private var lineNumber = 0
  /// Keys that a condition or a pattern names, with their event's index and the line: they have to be fields of it.
  private var named: [(key: String, event: Int, line: Int)] = []

  static func events(in text: String) throws(CatalogueError) -> [CatalogueEvent] {
    var parser = CatalogueParser()
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      parser.lineNumber += 1
      if !line.isEmpty, !line.hasPrefix("#") { try parser.read(line) }
    }
    try parser.checkNamedKeys()
    return parser.events
  }

  private func checkNamedKeys() throws(CatalogueError) {
    for (key, place, line) in named where !events[place].fields.contains(where: { $0.key == key }) {
      throw CatalogueError(line: line, reason: "`\(events[place].name)` has no field `\(key)`")
    }
  }

  private mutating func read(_ line: Substring) throws(CatalogueError) {
    let parts = line.split(separator: " ", maxSplits: 1)
    guard parts.count == 2 else { throw error("a word and its value are wanted") }
    let words = parts[1].split(separator: " ")
    if parts[0] == "event" { return try beginEvent(words) }
    guard var event = events.popLast() else { throw error("`event` has to come first") }
    switch parts[0] {
    case "when":
      let key = try key(parts[1])
      event.condition = key
      named.append((key, events.count, lineNumber))
    case "define": event.definition = String(parts[1])
    case "pattern":
      event.pattern = try pattern(parts[1])
      for case .field(let key) in event.pattern { named.append((key, events.count, lineNumber)) }
    case "fields": event.fields = try words.map { word throws(CatalogueError) in try field(word) }
    case "ignore": event.ignoredKeys = try words.map { word throws(CatalogueError) in try key(word) }
    case let other: throw error("unknown word `\(other)`")
    }
    events.append(event)
  }

  private mutating func beginEvent(_ words: [Substring]) throws(CatalogueError) {
    guard words.count == 2 else { throw error("`event NAME KIND` is wanted") }
    guard let kind = Self.kinds[String(words[1])] else { throw error("no kind `\(words[1])`") }
    events.append(CatalogueEvent(name: String(words[0]), kind: kind, line: lineNumber))
  }

  /// `KEY[=FIELD][:TYPE][?]`.
  private func field(_ word: Substring) throws(CatalogueError) -> CatalogueField {
    var rest = word
    let isOptional = rest.last == "?"
    if isOptional { rest.removeLast() }
    let typed = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let named = typed[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let field = Self.fields[String(named[named.count - 1])] else {
      throw error("no field `\(named[named.count - 1])`")
    }
    guard let type = typed.count == 2 ? FieldType(rawValue: String(typed[1])) : .number else {
      throw error("no type `\(typed[1])`")
    }
    return CatalogueField(key: try key(named[0]), field: field, type: type, isOptional: isOptional)
  }

  /// Keys are compared as two words, `=` included.
  private func key(_ word: Substring) throws(CatalogueError) -> String {
    if word.isEmpty || word.utf8.count > 15 { throw error("a key has 1 to 15 bytes, `\(word)` has not") }
    return String(word)
  }

  private func pattern(_ text: Substring) throws(CatalogueError) -> [CatalogueEvent.PatternPiece] {
    var pieces: [CatalogueEvent.PatternPiece] = []
    for part in text.split(separator: "<", omittingEmptySubsequences: false).enumerated() {
      let halves = part.element.split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false)
      if part.offset == 0 {
        pieces.append(.text(String(part.element)))
      } else if halves.count == 2 {
        pieces.append(.field(key: try key(halves[0])))
        if !halves[1].isEmpty { pieces.append(.text(String(halves[1]))) }
      } else {
        throw error("a `<` without its `>`")
      }
    }
    return pieces
  }

  private func error(_ reason: String) -> CatalogueError { CatalogueError(line: lineNumber, reason: reason) }
}

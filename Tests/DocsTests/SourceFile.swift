// A Swift file of the project as text: its lines, its words, and what it declares. Enough for rules that a compiler
// does not have; it knows no types.

import Foundation
import RealBinary

struct SourceFile {
  /// From the project's root: `Sources/KVMEvents/Moment.swift`.
  let path: String
  /// Without newlines.
  let lines: [ArraySlice<UInt8>]
  let declarations: [Declaration]
  /// The words of the code, comments left out, and how often each stands there.
  let words: [String: Int]

  struct Declaration {
    enum Kind: String {
      case `struct`, `enum`, `class`, `protocol`, `actor`, `typealias`, `extension`
      case `func`, `var`, `let`, `case`

      var isType: Bool {
        switch self {
        case .struct, .enum, .class, .protocol, .actor, .typealias: true
        case .extension, .func, .var, .let, .case: false
        }
      }
    }

    let kind: Kind
    /// Of an extension its type, as it is written: `Report.Trace`.
    let name: String
    /// From 1.
    let line: Int
    /// Blanks before it.
    let indent: Int
    /// A case that text or a number can stand for, or a list of all: nothing has to name it.
    let isNamedByValue: Bool
  }

  /// `Moment+Words`.
  var name: Substring { (path.split(separator: "/").last ?? "").dropLast(".swift".count) }
  /// `Moment`.
  var baseName: Substring { name.prefix { $0 != "+" } }
  var folder: Substring { path.dropLast(name.count + ".swift".count) }

  static let all: [SourceFile] = ["Sources", "Tests", "tools"].flatMap { folder in
    let found = FileManager.default.enumerator(atPath: CorpusTrace.root.appending(path: folder).path)
    return (found?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".swift") }.map { "\(folder)/\($0)" }
  }.sorted().map { path in
    let bytes = FileManager.default.contents(atPath: CorpusTrace.root.appending(path: path).path)
    return SourceFile(path, Array(bytes ?? Data()))
  }

  init(_ path: String, _ bytes: [UInt8]) {
    self.path = path
    var lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    var words: [String: Int] = [:]
    var declarations: [Declaration] = []
    // By indent: the last enum's cases can be named by value.
    var enums: [Int: Bool] = [:]
    for (index, line) in lines.enumerated() {
      let tokens = Self.tokens(of: line)
      for token in tokens where token.first?.isLetter == true || token.first == "_" { words[token, default: 0] += 1 }
      let indent = line.prefix { $0 == 0x20 }.count
      guard let (kind, names) = Self.declared(by: tokens) else { continue }
      if kind == .enum { enums[indent] = !Self.valueTypes.isDisjoint(with: tokens) }
      let isNamedByValue = kind == .case && enums[indent - 2] == true
      declarations += names.map {
        Declaration(kind: kind, name: $0, line: index + 1, indent: indent, isNamedByValue: isNamedByValue)
      }
    }
    (self.lines, self.words, self.declarations) = (lines, words, declarations)
  }

  private static let valueTypes: Set<String> = ["String", "Int", "Int8", "Int32", "UInt8", "UInt32", "CaseIterable"]

  private static let modifiers: Set<String> = [
    "package", "public", "private", "fileprivate", "internal", "static", "final", "indirect", "mutating", "borrowing",
    "consuming", "lazy", "weak", "unowned", "nonisolated", "override", "required", "convenience",
  ]

  /// Words, and characters that are no blank, up to a comment. A comment inside of a string ends the line, too.
  private static func tokens(of line: ArraySlice<UInt8>) -> [String] {
    var tokens: [String] = []
    var place = line.startIndex
    while place < line.endIndex {
      let byte = line[place]
      if byte == 0x20 {
        place += 1
      } else if byte == UInt8(ascii: "/"), place + 1 < line.endIndex, line[place + 1] == byte,
        place == line.startIndex || line[place - 1] == 0x20
      {
        break
      } else if isOfWord(byte) {
        var end = place
        while end < line.endIndex, isOfWord(line[end]) { end += 1 }
        tokens.append(String(decoding: line[place..<end], as: UTF8.self))
        place = end
      } else {
        tokens.append(String(decoding: [byte], as: UTF8.self))
        place += 1
      }
    }
    return tokens
  }

  private static func isOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x5f, 0x80...: true
    case _: false
    }
  }

  /// What a line that begins with these tokens declares.
  private static func declared(by tokens: [String]) -> (Declaration.Kind, [String])? {
    var rest = tokens.filter { $0 != "`" }[...]
    while let first = rest.first {
      if first == "@" {
        rest = rest.dropFirst(2)
        if rest.first == "(" { rest = afterParentheses(rest) }
      } else if modifiers.contains(first) {
        rest = rest.dropFirst()
        if rest.first == "(" { rest = afterParentheses(rest) }
      } else {
        break
      }
    }
    guard let kind = rest.first.flatMap(Declaration.Kind.init) else { return nil }
    rest = rest.dropFirst()
    switch kind {
    case .case: return casesOfEnum(rest).map { (kind, $0) }
    case .extension:
      let name = rest.prefix { $0 == "." || $0.first?.isLetter == true }.joined()
      return (kind, [name])
    case .struct, .enum, .class, .protocol, .actor, .typealias, .func, .var, .let:
      guard let name = rest.first, name.first.map({ $0.isLetter || $0 == "_" }) == true, name != "_" else { return nil }
      return (kind, [name])
    }
  }

  private static func afterParentheses(_ tokens: ArraySlice<String>) -> ArraySlice<String> {
    var depth = 0
    for place in tokens.indices {
      if tokens[place] == "(" { depth += 1 }
      if tokens[place] == ")" { depth -= 1 }
      if depth == 0 { return tokens[(place + 1)...] }
    }
    return []
  }

  /// `case one, two(Int)`; nil: a pattern of a switch.
  private static func casesOfEnum(_ tokens: ArraySlice<String>) -> [String]? {
    var names: [String] = []
    var depth = 0
    var isExpected = true
    for token in tokens {
      if isExpected {
        guard token.first?.isLetter == true, !["let", "nil", "is", "true", "false"].contains(token) else { return nil }
        names.append(token)
        isExpected = false
      } else if token == "(" {
        depth += 1
      } else if token == ")" {
        depth -= 1
      } else if depth == 0, token == ":" || token == "." {
        return nil
      } else if depth == 0, token == "," {
        isExpected = true
      } else if depth == 0, token == "=" {
        return names
      }
    }
    return names
  }
}

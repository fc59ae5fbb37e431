// The line of a key in a file of forms: the parser reports no positions.

/// The keys of a file's forms by their lines, read line by line. What is no form's key is not found; then a sentence
/// has no line.
struct FormLines {
  /// A key that occurs twice in one form.
  struct Repeated {
    let key: String
    let first: Int
    let second: Int
  }

  private struct Place: Hashable {
    let form: Int
    let key: String
  }

  private var lines: [Place: Int] = [:]
  private(set) var firstRepeated: Repeated?
  /// Of `[[form]]`.
  private var heads: [Int] = []

  init(_ toml: String) {
    var prefix: [String] = []
    var quotes: Substring?
    for (index, line) in toml.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let number = index + 1
      if let open = quotes {
        // A text of several lines has no key.
        if line.contains(open) { quotes = nil }
        continue
      }
      let text = line.drop { $0 == " " || $0 == "\t" }
      if text.hasPrefix("[[") {
        heads.append(number)
        prefix = []
      } else if text.hasPrefix("[") {
        let path = Self.path(text.dropFirst().prefix { $0 != "]" })
        prefix = path.first == "form" ? Array(path.dropFirst()) : path
      } else if let equals = text.firstIndex(of: "="), !text.hasPrefix("#") {
        note((prefix + Self.path(text[..<equals])).joined(separator: "."), number)
        let value = text[text.index(after: equals)...]
        for open in ["\"\"\"", "'''"] where value.components(of: open) == 2 { quotes = open[...] }
      }
    }
  }

  private mutating func note(_ key: String, _ line: Int) {
    let place = Place(form: heads.count, key: key)
    if let first = lines[place] {
      if firstRepeated == nil { firstRepeated = Repeated(key: key, first: first, second: line) }
    } else {
      lines[place] = line
    }
  }

  /// - Parameter form: counted from 0 among the `[[form]]`; nil: the file is one form.
  func line(of key: String, form: Int?) -> Int? {
    let number = form.map { $0 + 1 } ?? 0
    // For an inline table, the line of its key.
    var words = key.split(separator: ".")
    while !words.isEmpty {
      if let line = lines[Place(form: number, key: words.joined(separator: "."))] { return line }
      words.removeLast()
    }
    return head(form: form)
  }

  /// Where the form begins.
  func head(form: Int?) -> Int? {
    guard let form, form < heads.count else { return nil }
    return heads[form]
  }

  private static func path(_ text: Substring) -> [String] {
    text.split(separator: ".").map { String($0.filter { !" \t\"'".contains($0) }) }
  }
}

extension Substring {
  /// How many parts `text` cuts it into.
  fileprivate func components(of text: String) -> Int {
    var count = 1
    var rest = self
    while let range = rest.firstRange(of: text) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}

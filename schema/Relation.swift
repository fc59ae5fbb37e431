// The tables and views, with what the comments of the SQL say of them.

/// A table or a view.
package struct Relation: Sendable, Equatable {
  package struct Column: Sendable, Equatable {
    package let name: String
    /// Empty: the SQL has none.
    package let comment: String
  }

  package let name: String
  package let isView: Bool
  /// Its lines joined; empty: the SQL has none.
  package let comment: String
  /// Those that have a comment; of a view none has.
  package let columns: [Column]

  /// Of the database of a recording.
  package static let ofTrace = read(Schema.tables) + read(Schema.views)
  /// Of a corpus.db.
  package static let ofCorpus = read(Schema.corpus)
  /// Of a fleet database.
  package static let ofFleet = read(Schema.fleet)

  /// What the comment says first: up to a full stop, colon, semicolon or question mark that is not in brackets.
  package var sentence: String {
    var depth = 0
    var place = comment.startIndex
    while let end = comment[place...].firstIndex(of: " ") {
      let word = comment[place..<end]
      depth += word.count { $0 == "(" } - word.count { $0 == ")" }
      if depth == 0, word != "..", let last = word.last, ".:;?".contains(last) {
        return comment[..<end].dropLast() + (last == "?" ? "?" : ".")
      }
      place = comment.index(after: end)
    }
    return comment
  }

  private static func read(_ sql: String) -> [Relation] {
    var relations: [Relation] = []
    var comment: [Substring] = []
    var lines = sql.split(separator: "\n", omittingEmptySubsequences: false)[...]
    while let line = lines.popFirst() {
      let words = line.split(separator: " ")
      if line.hasPrefix("-- ") {
        comment.append(line.dropFirst(3))
        continue
      }
      if words.count > 2, words[0] == "CREATE", words[1] == "TABLE" || words[1] == "VIEW" {
        let isView = words[1] == "VIEW"
        let columns = isView ? [] : columns(of: lines.prefix { !$0.hasPrefix(")") })
        relations.append(
          Relation(
            name: String(words[2]), isView: isView, comment: comment.joined(separator: " "), columns: columns))
      }
      comment = []
    }
    return relations
  }

  /// A comment is on the line of its column, or on lines of its own above it.
  private static func columns(of lines: ArraySlice<Substring>) -> [Column] {
    var columns: [Column] = []
    var above: [Substring] = []
    for line in lines {
      let text = line.drop { $0 == " " }
      if text.hasPrefix("-- ") {
        above.append(text.dropFirst(3))
        continue
      }
      guard line.hasPrefix("  "), !line.hasPrefix("   "), let name = text.split(separator: " ").first,
        name.first?.isLowercase == true
      else { continue }
      let beside = text.range(of: " -- ").map { text[$0.upperBound...] }
      let comment = (above + [beside].compactMap { $0 }).joined(separator: " ")
      if !comment.isEmpty { columns.append(Column(name: String(name), comment: comment)) }
      above = []
    }
    return columns
  }
}

extension StringProtocol {
  /// The first occurrence of `text`.
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      formIndex(after: &start)
    }
    return nil
  }
}

// The named questions of questions.sql and fleet_questions.sql.

/// A SELECT that has a name.
package struct Question: Sendable, Equatable {
  package let name: String
  /// A sentence.
  package let text: String
  package let sql: String

  /// Of the database of a recording, in the order of the file.
  package static let ofTrace = read(String(decoding: PackageResources.questions_sql, as: UTF8.self))
  /// Of a fleet database.
  package static let ofFleet = read(String(decoding: PackageResources.fleet_questions_sql, as: UTF8.self))

  /// Each begins with a line `-- name: sentence`.
  private static func read(_ file: String) -> [Question] {
    file.split(separator: "\n\n").compactMap { paragraph in
      let lines = paragraph.split(separator: "\n", maxSplits: 1)
      guard lines.count == 2, let colon = lines[0].firstIndex(of: ":") else { return nil }
      let name = lines[0][..<colon].dropFirst("-- ".count)
      guard !name.isEmpty, name.allSatisfy({ $0.isLowercase }) else { return nil }
      return Question(
        name: String(name), text: String(lines[0][colon...].dropFirst(": ".count)), sql: String(lines[1]))
    }
  }
}

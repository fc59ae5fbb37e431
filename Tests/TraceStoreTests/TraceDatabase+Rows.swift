// A SELECT's rows as text, for comparing with what a person wrote down.

import TraceStore

extension TraceDatabase {
  /// The columns of each row joined by `|`, as sqlite3 prints them.
  func rows(_ sql: String) throws -> [String] {
    let statement = try statement(sql)
    var rows: [String] = []
    while try statement.step() {
      rows.append((0..<statement.columnCount).map { statement.text($0) }.joined(separator: "|"))
    }
    return rows
  }
}

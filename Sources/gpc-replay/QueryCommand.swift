// `gpc-replay query DB 'SQL'`: read-only SQL over a database.

import ArgumentParser
import TraceStore

struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query",
    abstract: "Run one read-only SQL statement on a database.",
    discussion: """
      Tables, views and worked questions: docs/schema.md. Plain `sqlite3 DB` works as well.

      Example:
        gpc-replay run traces/retries/unrelated/trace.txt.zst
        gpc-replay query trace.db "SELECT * FROM retry_by_cause"
      """)

  @Argument(help: "A database written by gpc-replay.")
  var database: String

  @Argument(help: "One SELECT statement.")
  var sql: String

  @Flag(help: "Print the result as CSV (RFC 4180).")
  var csv = false

  @Flag(help: "Print the result as a JSON array of objects.")
  var json = false

  mutating func validate() throws {
    if csv && json { throw ValidationError("--csv and --json exclude each other.") }
  }
}

extension QueryCommand {
  func run() throws {
    var outcome = Output.written
    let format: QueryFormat = csv ? .csv : json ? .json : .table
    try Query(database: database).run(sql, format: format) { bytes in
      outcome = Output.write(bytes)
      return outcome == .written
    }
    try outcome.check()
  }
}

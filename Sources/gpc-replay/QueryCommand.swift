// `gpc-replay query DB 'SQL'`: read-only SQL over a database, and the questions that have a name.

import ArgumentParser
import Glibc
import Report
import Schema
import TextLayout
import TraceReaders
import TraceStore

struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query",
    abstract: "Ask a database: a question by its name, or one read-only SQL statement.",
    discussion: """
      The name of a question runs its SQL (--list); that of a table or view prints all of its rows. Tables, views and \
      worked questions: docs/schema.md. Plain `sqlite3 DB` works as well.

      Example:
        gpc-replay run traces/retries/unrelated/trace.txt.zst
        gpc-replay query trace.db --list
        gpc-replay query trace.db stalls
        gpc-replay query trace.db "SELECT * FROM retry_by_cause"
      """)

  @OptionGroup var databases: DatabaseArguments

  @Argument(help: "One SELECT statement, or the name of a question, table or view.")
  var sql: String?

  @Option(
    name: [.customShort("f"), .customLong("file")], help: "Read the SELECT statement from a file; - for standard input."
  )
  var file: String?

  @Flag(help: "List the questions that have a name, the views and the tables.")
  var list = false

  @Flag(
    help:
      "Print the result as CSV (RFC 4180): every value as it is, also a name that a spreadsheet takes for a formula.")
  var csv = false

  @Flag(help: "Print the result as CSV, with an apostrophe before a text that a spreadsheet takes for a formula.")
  var csvForSpreadsheet = false

  @Flag(help: "Print the result as a JSON array of objects.")
  var json = false

  @Flag(
    help: """
      Print metadata for Datasette: the questions, and what the tables and columns are. Then: datasette DB --metadata \
      FILE.
      """)
  var datasette = false

  mutating func validate() throws {
    if [csv, csvForSpreadsheet, json].count(where: { $0 }) > 1 {
      throw ValidationError("--csv, --csv-for-spreadsheet and --json exclude each other.")
    }
    switch [sql != nil, file != nil, list, datasette].count(where: { $0 }) {
    case 0: throw ValidationError("Name a question (--list has them), or give a SELECT statement.")
    case 1: break
    case _: throw ValidationError("A statement, --file, --list and --datasette exclude each other.")
    }
  }
}

extension QueryCommand {
  func run() throws {
    let query = try Query(database: databases.database, attached: databases.attached)
    if list { return try printOut(QueryList(query, width: Terminal.knownWidth).text) }
    if datasette { return try printOut(try JSONReport.text(DatasetteMetadata(query, path: databases.database))) }
    try run(query, try statement(of: query))
  }

  private func run(_ query: Query, _ sql: String) throws {
    // Held back while SQLite works, so that what was found until then can be printed.
    let watch = SignalWatch(HeldSignals.ending.filter { $0 == SIGINT })
    watch.block()
    var outcome = Output.written
    let format: QueryFormat =
      csv || csvForSpreadsheet
      ? .csv(forSpreadsheet: csvForSpreadsheet) : json ? .json : .table(width: Terminal.knownWidth)
    let isInterrupted = { watch.wait(milliseconds: 0) != nil }
    let end = try query.run(sql, format: format, isInterrupted: isInterrupted) { bytes in
      outcome = Output.write(bytes)
      return outcome == .written
    }
    try outcome.check()
    if end == .interrupted {
      printError("gpc-replay: interrupted; these are the rows until then.\n")
      watch.deliver(SIGINT)
    }
  }

  /// The SQL that is asked for.
  private func statement(of query: Query) throws -> String {
    guard let word = sql else { return try text(ofFile: file ?? "-") }
    if let question = query.questions.first(where: { $0.name == word }) {
      if !query.isReplayed {
        let database = databases.database
        printError(
          "gpc-replay: \(database) is imported, not replayed: `gpc-replay replay \(database)` finds what is missing here.\n"
        )
      }
      return question.sql
    }
    let relations = query.relations.map(\.name)
    let names = relations + databases.attached.flatMap { other in relations.map { "\(other.name).\($0)" } }
    if names.contains(word) { return "SELECT * FROM \(word)" }
    // Names have no capitals: `VACUUM` is SQL, which says itself that it cannot be run.
    guard word.utf8.allSatisfy({ (UInt8(ascii: "_")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: ".") })
    else { return word }
    let known = query.questions.map(\.name) + names
    let meant = nearest(to: word, in: known).map { " Did you mean '\($0)'?" } ?? ""
    throw fail("no question, table or view is called '\(word)'.\(meant) `gpc-replay query DB --list` has them.")
  }

  private func text(ofFile path: String) throws -> String {
    do {
      return try SmallFile.text(path == "-" ? "/dev/stdin" : path)
    } catch {
      throw fail("\(inputName(path)) \(error.predicate("file of SQL")).")
    }
  }
}

/// What `--list` prints.
private struct QueryList {
  let text: String

  /// - Parameter width: of the terminal; nil: a line each.
  init(_ query: Query, width: Int?) {
    typealias Entry = (name: String, text: String)
    let groups: [(title: String, entries: [Entry])] = [
      ("questions", query.questions.map { (name: $0.name, text: $0.text) }),
      ("views", query.relations.filter(\.isView).map { ($0.name, $0.sentence) }),
      ("tables", query.relations.filter { !$0.isView }.map { ($0.name, $0.sentence) }),
    ].filter { !$0.entries.isEmpty }
    let longest = groups.flatMap(\.entries).map(\.name.count).max() ?? 0
    let lists = groups.map { title, entries in
      [title]
        + entries.flatMap { entry in
          let line = LabelledText("  " + entry.name, entry.text, indent: longest + 4)
          return width.map { line.lines(width: $0) } ?? [line.line]
        }
    }
    text = lists.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }
}

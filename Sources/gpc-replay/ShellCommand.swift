// `gpc-replay shell DB`: the program sqlite3 on a database, for questions one after the other.

import ArgumentParser
import Glibc
import TraceStore

struct ShellCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shell",
    abstract: "Open the program sqlite3 on a database, read-only.",
    discussion: """
      For questions one after the other, with sqlite3's own line editing and output modes. `.tables` lists the tables and \
      views, `.schema NAME` has the comments of a table's columns. SQL can also come from standard input.

      Example:
        gpc-replay run traces/retries/unrelated/trace.txt.zst
        echo "SELECT * FROM retry_by_cause;" | gpc-replay shell trace.db
      """)

  @OptionGroup var databases: DatabaseArguments

  func run() throws {
    // sqlite3 would open anything, create what is missing, and complain at the first statement.
    _ = try Query(database: databases.database, attached: databases.attached)
    var arguments = ["sqlite3", "-readonly", "-header", "-column"]
    for other in databases.attached {
      let path = Self.file(other.path).replacing("'", with: "''")
      arguments += ["-cmd", "ATTACH '\(path)' AS \"\(other.name)\""]
    }
    var words = (arguments + [Self.file(databases.database)]).map { strdup($0) } + [nil]
    execvp("sqlite3", &words)
    guard errno == ENOENT else { throw fail("sqlite3 cannot be run: \(String(cString: strerror(errno))).") }
    throw fail(
      "sqlite3 is not installed (in Debian, the package sqlite3); `gpc-replay query DB SQL` needs no other program.")
  }

  /// A path that sqlite3 takes neither for an option nor for a URI.
  private static func file(_ path: String) -> String { path.hasPrefix("/") ? path : "./\(path)" }
}

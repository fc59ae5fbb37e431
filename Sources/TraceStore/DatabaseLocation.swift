// Where a database lives.

/// A file, or memory that is freed with the process.
package enum DatabaseLocation: Equatable, Sendable {
  case file(String)
  case memory

  /// `:memory:`, as in SQLite, or a path.
  package init(_ argument: String) {
    self = argument == ":memory:" ? .memory : .file(argument)
  }
}

// A second database that a query reads.

/// `--attach`: its tables are NAME.event, NAME.cache, ….
package struct AttachedDatabase: Equatable, Sendable {
  /// An identifier of SQL, other than `main` and `temp`.
  package let name: String
  package let path: String

  package init(name: String, path: String) {
    self.name = name
    self.path = path
  }
}

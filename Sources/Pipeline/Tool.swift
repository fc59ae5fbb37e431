// The program's own name for its version.

package enum Tool {
  /// In every database: imports of another version are imported again.
  package static let version = "0.1.0"
}

// The program's own name for its version.

package enum Tool {
  /// Stands in every database: what another version imported is imported again.
  package static let version = "0.1.0"
}

// Output formats of a query.

/// The formats of `gpc-replay query`.
package enum QueryFormat: Sendable {
  /// Aligned columns, wide enough for the first 500 rows; if these do not fit into `width` columns of a terminal, a
  /// line per value. nil: however wide.
  case table(width: Int? = nil)
  /// RFC 4180: CRLF, and quotes if needed. NULL is empty, an empty text is `""`.
  case csv(forSpreadsheet: Bool = false)
  /// One array with an object per row.
  case json
}

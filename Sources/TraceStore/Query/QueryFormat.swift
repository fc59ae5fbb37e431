// How the rows of a query are shown.

/// The forms of `gpc-replay query`.
package enum QueryFormat: Sendable {
  /// Columns aligned for the eye.
  case table
  /// RFC 4180: CRLF, and quotes where they are needed. NULL is empty, an empty text is `""`.
  case csv
  /// One array with an object per row.
  case json
}

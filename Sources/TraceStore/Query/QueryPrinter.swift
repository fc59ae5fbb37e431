// What prints the rows of a query: one type per format.

/// Turns rows into UTF-8 as they come. Big results stream.
protocol QueryPrinter {
  /// Output that was not passed on yet; the caller passes it on and empties it.
  var bytes: [UInt8] { get set }

  /// Prints the row that the statement is at.
  mutating func append(_ row: Statement)

  /// After the last row, or after an error: what was held back.
  mutating func finish()
}

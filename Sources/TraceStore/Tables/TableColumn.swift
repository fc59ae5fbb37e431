// The columns of schema.sql by name, and the encoding of rows: one list and one order per table.

import KVMEvents
import Results

/// The columns of a table, in the order of schema.sql, named as there but in camel case.
package protocol TableColumn: CaseIterable, Equatable, Sendable {
  /// The table's name.
  static var table: String { get }
}

extension TableColumn {
  /// In SQL.
  var name: String { snakeCase("\(self)") }

  /// From 0, as SQLite counts the columns of a record.
  static func place(of column: Self) -> Int {
    guard let place = Array(allCases).firstIndex(of: column) else { preconditionFailure("a case is among all cases") }
    return place
  }
}

/// `endRetEventID` as SQL has it: `end_ret_event_id`.
func snakeCase(_ name: String) -> String {
  var isAfterUppercase = true
  return name.reduce(into: "") { result, character in
    if character.isUppercase && !isAfterUppercase { result.append("_") }
    result += character.lowercased()
    isAfterUppercase = character.isUppercase
  }
}

/// Takes the columns of one row, each once and in the table's order.
package protocol RowEncoder: ~Copyable {
  mutating func append(_ integer: Int64)
  /// One of few texts that usually repeat from row to row: the raw value of an enum.
  mutating func append(word: String)
  mutating func append(text: String)
  mutating func append(blob: [UInt8])
  mutating func appendNull()
  /// Of the next column, from 0.
  var place: Int { get }
}

extension RowEncoder where Self: ~Copyable {
  /// The value of the next column, which is `column`.
  @inline(__always)
  mutating func set<Column: TableColumn>(_ column: Column, _ value: some ColumnValue) {
    assert(Column.place(of: column) == place, "\(Column.table).\(column.name) is not the next column")
    value.append(to: &self)
  }
}

/// A row of a table.
protocol StoredRow {
  associatedtype Column: TableColumn

  /// - Parameter id: the row's number, if the table has one that the row itself does not know; nil: SQLite's choice.
  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?)
}

/// What a column can hold.
package protocol ColumnValue {
  func append(to row: inout some RowEncoder & ~Copyable)
}

extension Optional: ColumnValue where Wrapped: ColumnValue {
  @inline(__always) package func append(to row: inout some RowEncoder & ~Copyable) {
    if let self { self.append(to: &row) } else { row.appendNull() }
  }
}

extension Int64: ColumnValue {}
extension Int32: ColumnValue {}
extension Int: ColumnValue {}
extension UInt32: ColumnValue {}
extension UInt8: ColumnValue {}
/// With the same 64 bits.
extension UInt64: ColumnValue {}

extension FixedWidthInteger {
  @inline(__always) package func append(to row: inout some RowEncoder & ~Copyable) {
    row.append(Int64(truncatingIfNeeded: self))
  }
}

extension Bool: ColumnValue {
  @inline(__always) package func append(to row: inout some RowEncoder & ~Copyable) { row.append(self ? 1 : 0) }
}

extension String: ColumnValue {
  package func append(to row: inout some RowEncoder & ~Copyable) { row.append(text: self) }
}

extension [UInt8]: ColumnValue {
  package func append(to row: inout some RowEncoder & ~Copyable) { row.append(blob: self) }
}

// Addresses and pointers: the INTEGER with the same 64 bits. Kinds of events: their numbers.
extension GPA: ColumnValue {}
extension UHVA: ColumnValue {}
extension PFN: ColumnValue {}
extension KVMPointer: ColumnValue {}
extension GPCPointer: ColumnValue {}
extension NotifierPointer: ColumnValue {}
extension MMPointer: ColumnValue {}
extension EventKind: ColumnValue {}

extension RawRepresentable where RawValue: FixedWidthInteger {
  @inline(__always) package func append(to row: inout some RowEncoder & ~Copyable) {
    row.append(Int64(truncatingIfNeeded: rawValue))
  }
}

// Texts.
extension Decision: ColumnValue {}
extension Doubt: ColumnValue {}
extension Finding.Kind: ColumnValue {}
extension Finding.Certainty: ColumnValue {}
extension FormAgreement.Refutation: ColumnValue {}
extension FormReason: ColumnValue {}
extension GivenUp.Bound: ColumnValue {}
extension ImplausibleField.Sign: ColumnValue {}
extension ImportIssueKind: ColumnValue {}
extension ImportIssueKind.Severity: ColumnValue {}
extension Invalidation.Close: ColumnValue {}
extension NeverEnded.Kind: ColumnValue {}
extension RecordedWindow.Doubt: ColumnValue {}
extension Refresh.Origin: ColumnValue {}
extension Refresh.Outcome: ColumnValue {}
extension RetryRound.Cause: ColumnValue {}
extension RetryRound.Outcome: ColumnValue {}
extension RetryRound.SubCause: ColumnValue {}
extension SilentOmission.Sign: ColumnValue {}
extension UndecidedOverlap.Subject: ColumnValue {}
extension Witness.Answer: ColumnValue {}
extension Witness.Lack: ColumnValue {}

extension RawRepresentable where RawValue == String {
  @inline(__always) package func append(to row: inout some RowEncoder & ~Copyable) { row.append(word: rawValue) }
}

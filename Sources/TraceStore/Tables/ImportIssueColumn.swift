// The tables `import_issue` and `import_issue_count`.

import KVMEvents

package enum ImportIssueColumn: TableColumn {
  package static let table = "import_issue"

  case id, kind, line, reason, excerpt
}

extension ImportIssue: StoredRow {
  typealias Column = ImportIssueColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, id)
    row.set(Column.kind, kind)
    row.set(Column.line, line)
    row.set(Column.reason, reason)
    row.set(Column.excerpt, excerpt)
  }
}

package enum ImportIssueCountColumn: TableColumn {
  package static let table = "import_issue_count"

  case kind, severity, count
}

/// How often a kind occurred.
struct ImportIssueCount: StoredRow {
  typealias Column = ImportIssueCountColumn

  let kind: ImportIssueKind
  let count: Int64

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.kind, kind)
    row.set(Column.severity, kind.severity)
    row.set(Column.count, count)
  }
}

// What Datasette shows beside a database: its questions, and what the tables and columns are.

import FoundationEssentials
import Schema
import TraceStore

/// A metadata file of Datasette 0.x. Datasette knows a database by its file's name, so there is one file per database.
struct DatasetteMetadata: Encodable {
  private struct Database: Encodable {
    let description: String
    let tables: [String: Table]
    let queries: [String: NamedQuery]
  }

  private struct Table: Encodable {
    let description: String
    let columns: [String: String]
  }

  private struct NamedQuery: Encodable {
    let title: String
    let sql: String
  }

  private let databases: [String: Database]

  init(_ query: Query, path: String) {
    let file = URL(filePath: path).deletingPathExtension().lastPathComponent
    let tables = query.relations.map { relation in
      let columns = relation.columns.map { ($0.name, $0.comment) }
      return (relation.name, Table(description: relation.comment, columns: Dictionary(uniqueKeysWithValues: columns)))
    }
    let queries = query.questions.map { ($0.name, NamedQuery(title: $0.text, sql: $0.sql)) }
    databases = [
      file: Database(
        description: "Written by gpc-replay.", tables: Dictionary(uniqueKeysWithValues: tables),
        queries: Dictionary(uniqueKeysWithValues: queries))
    ]
  }
}

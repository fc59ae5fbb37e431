// The SQL files of this folder, embedded: the binary runs from any folder, and sqlite3 reads the same files.

/// The public contract of the database, as SQL.
package enum Schema {
  /// `PRAGMA application_id` of our databases: "gpcr".
  package static let applicationID: Int64 = 0x6770_6372
  /// `PRAGMA user_version`: goes up with every change that older readers would stumble over.
  package static let version: Int64 = 9

  /// The same of a corpus.db: "gpcc".
  package static let corpusApplicationID: Int64 = 0x6770_6363
  package static let corpusVersion: Int64 = 3

  /// The same of a fleet database: "gpcf".
  package static let fleetApplicationID: Int64 = 0x6770_6366
  package static let fleetVersion: Int64 = 1

  /// The tables, and the rows that are the same in every database.
  package static var tables: String { String(decoding: PackageResources.schema_sql, as: UTF8.self) }
  /// The views, which answer the questions.
  package static var views: String { String(decoding: PackageResources.views_sql, as: UTF8.self) }
  /// The indices, to be built after the load.
  package static var indices: String { String(decoding: PackageResources.indices_sql, as: UTF8.self) }
  /// Tables and views of a corpus.db.
  package static var corpus: String { String(decoding: PackageResources.corpus_sql, as: UTF8.self) }
  /// Tables and views of a fleet database.
  package static var fleet: String { String(decoding: PackageResources.fleet_sql, as: UTF8.self) }
}

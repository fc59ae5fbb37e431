// The SQL files of this folder, embedded: the binary runs from any folder, and sqlite3 reads the same files.

/// The public contract of the database, as SQL.
package enum Schema {}

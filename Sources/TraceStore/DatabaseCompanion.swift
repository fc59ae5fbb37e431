// The files that SQLite keeps next to a database while it writes to it.

import Glibc

/// The files that SQLite finds by the database's name alone: it takes those left by a removed database for those of the
/// next one of that name, and replays them into it.
enum DatabaseCompanion: String, CaseIterable {
  /// The pages as they were before the write in progress.
  case journal = "-journal"
  /// Pages that were written and are not in the database yet.
  case writeAheadLog = "-wal"
  /// The index of the write-ahead log, shared by the processes that have the database open.
  case sharedMemory = "-shm"

  /// Removes those of `database`; true: there were any. Only if none of them can be in use.
  static func removeAll(of database: String) throws(TraceStoreError) -> Bool {
    var hasRemoved = false
    for companion in allCases {
      let path = database + companion.rawValue
      if unlink(path) == 0 {
        hasRemoved = true
      } else if errno != ENOENT {
        throw PartialFile.failure("unlink", path)
      }
    }
    return hasRemoved
  }
}

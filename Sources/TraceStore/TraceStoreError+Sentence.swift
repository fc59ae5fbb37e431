// Messages for errors of a database.

import FileSystem
import Glibc

extension TraceStoreError {
  package var sentence: String {
    switch self {
    case .sqlite(_, let message, let doing): "SQLite: \(message) (\(doing.prefix(200)))"
    case .noSpace(let path):
      "\(path): cannot be written any further (disk full, or a limit on file sizes); nothing was kept."
    case .system(let errno, let doing, let path) where Self.readingCalls.contains(doing):
      "\(path) cannot be read: \(String(cString: strerror(errno)))."
    case .system(let errno, let doing, let path):
      switch errno {
      case ENOENT, ENOTDIR: "\(FinalPath.split(path).folder): no such folder; --db names another place."
      case EACCES, EROFS:
        "\(FinalPath.split(path).folder) cannot be written: \(String(cString: strerror(errno))); --db names another place."
      case _: "\(path): \(doing): \(String(cString: strerror(errno)))."
      }
    case .notFound(let path): "\(path): no such database."
    case .notOurs(let path): "\(path) is not a gpc-replay database."
    case .noFile(let path, let what): "\(path) is \(what), not a database."
    case .ofOtherKind(let path, let what): "\(path) is \(what)."
    case .readOnly(let path): "\(path) cannot be written: it may only be read."
    case .otherVersion(let path, let version):
      """
      \(path) was written with another layout (\(version)) of the database; import the recording again, or run the corpus \
      into a new one.
      """
    case .busy(let path): "\(path): another process is using it."
    case .queryNotReadOnly(let reason): "queries only read: \(reason)"
    case .notOneStatement(let count): "expected one SQL statement, got \(count)."
    case .unreadable(let path, let reason): "\(path) is a damaged database (\(reason)). \(remedy)"
    case .changed(let path, let what):
      "\(path): \(what): the file is damaged, or another program has written to it. \(remedy)"
    case .disagreeing(let path, let what): "\(path): \(what). \(remedy)"
    case .damaged(let table, let reason): "the database is damaged: table \(table): \(reason). \(remedy)"
    }
  }

  private var remedy: String {
    "Import the recording again (--force), or run the corpus into a new database, or batch and merge again."
  }
}

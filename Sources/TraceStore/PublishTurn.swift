// One process at a time publishes a database under a name.

import Glibc

/// A lock file that exists while a process publishes. Between the last look at the name and the rename no other process
/// publishes under it, so none opens a new database there and writes to it, with a journal that would be taken for a
/// leftover.
struct PublishTurn {
  private let path: String
  private let descriptor: Int32
  /// Removed by a signal that ends the process.
  private let name: UnfinishedName

  /// As long as SQLite waits for a database's lock, in milliseconds.
  private static let waitMaxMs = 10_000
  private static let stepMs = 10

  /// Waits until it is its turn; a killed process has given up its own.
  init(_ path: String, for database: String) throws(TraceStoreError) {
    self.path = path
    for _ in 0..<Self.waitMaxMs / Self.stepMs {
      // Not between the file and its lock: only the one whose turn it is removes it.
      let signals = HeldSignals()
      defer { signals.release() }
      // flock() needs no write permission: the file may belong to another user.
      let descriptor = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { throw PartialFile.failure("create", path) }
      // Where the file system has no locks, two processes that publish under one name at one moment are not kept apart:
      // SQLite could not keep them apart there, either.
      let isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0
      if isLocked || UnfinishedPlace.hasNoLocks(errno) {
        // Its previous holder has unlinked it in the meantime.
        if !isLocked || UnfinishedPlace.isLinked(descriptor) ?? false {
          self.descriptor = descriptor
          name = UnfinishedName(path)
          return
        }
        close(descriptor)
        continue
      }
      let isTaken = errno == EWOULDBLOCK || errno == EINTR
      defer { close(descriptor) }
      guard isTaken else { throw PartialFile.failure("flock", path) }
      usleep(UInt32(Self.stepMs * 1000))
    }
    throw .busy(path: database)
  }

  /// The next one's turn.
  func end() {
    unlink(path)
    close(descriptor)
  }
}

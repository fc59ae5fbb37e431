// Under the final name stands a whole database or what stood there before, whatever happens to the writer.

import Foundation
import KVMEvents
import Testing
import TraceStore

@Suite struct PlacementTests {
  @Test func onlyTheWholeDatabaseHasTheName() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.db")
    let writer = try TraceWriter(at: .file(path))
    try writer.write(Example.events)
    #expect(!FileManager.default.fileExists(atPath: path))
    _ = try writer.finish(Example.summary())
    #expect(try folder.names == ["x.db"])
    #expect(try TraceDatabase.content(of: path, contentHash: "abc", toolVersion: "1.2.3") == .same)
    #expect(try TraceDatabase.content(of: path, contentHash: "abd", toolVersion: "1.2.3") == .other)
    #expect(try TraceDatabase.content(of: path, contentHash: "abc", toolVersion: "1.2.4") == .other)
    #expect(try TraceDatabase.content(of: folder.file("y.db"), contentHash: "abc", toolVersion: "1.2.3") == .foreign)
  }

  @Test func anAbandonedWriterLeavesNothing() throws {
    let folder = try TemporaryFolder()
    do { _ = try TraceWriter(at: .file(folder.file("x.db"))) }
    #expect(try folder.names == [])
  }

  @Test func twoWritersDoNotMeet() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.db")
    let first = try TraceWriter(at: .file(path))
    let second = try TraceWriter(at: .file(path))
    try first.write(Example.events)
    try second.write(Example.events)
    let database = try first.finish(Example.summary())
    _ = try second.finish(Example.summary(replay: nil))
    #expect(try database.rows("PRAGMA integrity_check") == ["ok"])
    #expect(try TraceDatabase(at: path).replaySettings() == nil)
    #expect(try folder.names == ["x.db"])
  }

  @Test func killedWriterIsClearedAwayByTheNext() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.db")
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let writer = try TraceWriter(at: .file(path))
      try writer.write(Example.events)
      try writer.write(Example.rows)
      kill(getpid(), SIGKILL)
    }
    #expect(try folder.names.count == 1)
    #expect(!FileManager.default.fileExists(atPath: path))
    _ = try Example.database(at: .file(path))
    #expect(try folder.names == ["x.db"])
  }

  @Test func fullDisk() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.db")
    await #expect(processExitsWith: .success) { [path = path as String] in
      signal(SIGXFSZ, SIG_IGN)
      for limit in [0, 100_000, 800_000, 1_000_000, 5_000_000] {
        var room = rlimit(rlim_cur: rlim_t(limit), rlim_max: .max)
        setrlimit(__rlimit_resource_t(1), &room)  // RLIMIT_FSIZE
        do throws(TraceStoreError) {
          let writer = try TraceWriter(at: .file(path))
          var events: [RecordedEvent] = []
          for id in 1...20_000 {
            var event = Example.events[0]
            event.id = EventID(id)
            event.set(.kvm, UInt64(id) << 40)
            events.append(event)
          }
          try writer.write(events)
          _ = try writer.finish(Example.summary())
        } catch {
          if access(path, F_OK) == 0 { exit(2) }
          // SQLite tells a file at its limit (EFBIG) from a full disk, and calls it an error of its own write (10, 3).
          switch error {
          case .noSpace, .sqlite(10 | 3 << 8, _, _): continue
          default: exit(5)
          }
        }
        exit(limit > 1_300_000 ? 0 : 3)
      }
      exit(4)
    }
    #expect(try folder.names.filter { $0 != "x.db" } == [])
  }

  @Test func folderThatMayNotBeWritten() async throws {
    let folder = try TemporaryFolder()
    chmod(folder.path, 0o555)
    defer { chmod(folder.path, 0o755) }
    let path = folder.file("x.db")
    await #expect(processExitsWith: .success) { [path = path as String] in
      if geteuid() == 0 { setuid(65534) }  // Root may write anywhere.
      do { _ = try TraceWriter(at: .file(path)) } catch TraceStoreError.system(EACCES, "create", _) { exit(0) }
      exit(1)
    }
    #expect(try folder.names == [])
  }

  @Test func strangersAreNotOverwritten() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("notes.txt")
    try Data("SELECT my notes, at length, so that it is longer than a header: 0123456789 0123456789 0123456789".utf8)
      .write(to: URL(fileURLWithPath: path))
    #expect(throws: TraceStoreError.notOurs(path: path)) { _ = try TraceWriter(at: .file(path)) }
    #expect(throws: TraceStoreError.notOurs(path: path)) { _ = try TraceDatabase(at: path) }
    #expect(throws: TraceStoreError.notFound(path: "none.db")) { _ = try TraceDatabase(at: "none.db") }
    #expect(throws: TraceStoreError.noFile(path: folder.path, what: "a directory")) {
      _ = try TraceWriter(at: .file(folder.path))
    }
  }

  @Test func symbolicLinkStays() throws {
    let folder = try TemporaryFolder()
    _ = try Example.database(at: .file(folder.file("real.db")))
    try FileManager.default.createSymbolicLink(atPath: folder.file("x.db"), withDestinationPath: "real.db")
    _ = try Example.database(at: .file(folder.file("x.db")))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("x.db")) == "real.db")
  }

  @Test func aFailedReplayLeavesTheFormerResults() throws {
    struct Failure: Error {}
    let folder = try TemporaryFolder()
    let database = try Example.database(at: .file(folder.file("x.db")))
    let before = try database.rows("SELECT * FROM retry_round, finding, replay")
    #expect(throws: Failure.self) {
      try database.replaceResults { writer in
        try writer.write(Array(Example.rows.prefix(3)))
        throw Failure()
      }
    }
    #expect(try database.rows("SELECT * FROM retry_round, finding, replay") == before)
    var settings = Example.settings
    settings.deltaNs = 5
    try database.replaceResults { writer in
      let cursor = try database.events()
      var batch: [RecordedEvent] = []
      while try cursor.read(into: &batch, upTo: 10) {}
      try writer.write(Example.rows)
      return settings
    }
    #expect(try database.rows("SELECT count(*) FROM retry_round") == ["3"])
    #expect(try database.replaySettings() == settings)
    #expect(try database.rows("PRAGMA integrity_check") == ["ok"])
    #expect(try database.rows("PRAGMA foreign_key_check") == [])
  }
}

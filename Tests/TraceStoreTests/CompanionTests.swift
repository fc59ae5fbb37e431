// What a killed write leaves beside a database's name is played back into that database, and never into another one of
// the name.

import Foundation
import KVMEvents
import Results
import Testing

@testable import TraceStore

@Suite struct CompanionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// How a write is under way when its process is killed.
  enum Write: String, CaseIterable {
    case journal = "DELETE"
    case writeAheadLog = "WAL"

    /// What stands beside the database then.
    var companions: [String] {
      switch self {
      case .journal: ["-journal"]
      case .writeAheadLog: ["-wal", "-shm"]
      }
    }
  }

  /// Another recording's database, and beside it what is left where a write to it is cut short: some of its pages are
  /// in the file, or only in the log, by then. As a kill at that moment would leave it, for the files are copied while
  /// the write is open.
  private func interrupted(_ write: Write, as name: String) throws {
    let source = "other-\(name)"
    _ = try Example.database(at: .file(folder.file(source)))
    // In write-ahead mode as another program writes it: we have none.
    let connection = try Connection(folder.file(source), mode: .readWrite, isChecked: write == .journal)
    // Few pages in memory: the others have to go out before the write is over.
    try connection.execute(
      """
      BEGIN; UPDATE trace SET file_name = 'other'; UPDATE finding SET summary = 'other'; UPDATE cache SET epoch = 5
      """)
    try connection.commit()
    try connection.execute(
      """
      PRAGMA journal_mode = \(write.rawValue); PRAGMA cache_size = 2; PRAGMA wal_autocheckpoint = 0;
      BEGIN IMMEDIATE;
      UPDATE trace SET file_name = 'half-written'; UPDATE finding SET summary = 'half-written';
      UPDATE cache SET epoch = 77; UPDATE vm SET kvm = 77; UPDATE refresh SET ret = 77; UPDATE task SET comm = 'half';
      UPDATE event_name SET count = 77; UPDATE memslot SET size = 77; UPDATE invalidation SET mn_event = 77;
      """)
    if write == .writeAheadLog { try connection.execute("COMMIT") }
    for suffix in [""] + write.companions {
      try FileManager.default.copyItem(atPath: folder.file(source + suffix), toPath: folder.file(name + suffix))
    }
  }

  private static let asked = "SELECT file_name, (SELECT summary FROM finding), (SELECT epoch FROM cache) FROM trace"
  private static let example = ["example.txt|a check said yes inside the contract window|0"]
  private static let other = ["other|other|5"]

  private func rows(_ name: String) throws -> [String] {
    let database = try TraceDatabase(at: folder.file(name))
    #expect(try database.rows("PRAGMA integrity_check") == ["ok"])
    return try database.rows(Self.asked)
  }

  private func names(of name: String) throws -> [String] { try folder.names.filter { $0.hasPrefix(name) } }

  /// The removed database's pages would be in the new one, and its findings would be reported as the new recording's.
  @Test(arguments: Write.allCases) func aRemovedDatabasesWriteIsNotPlayedBack(write: Write) throws {
    try interrupted(write, as: "x.db")
    try FileManager.default.removeItem(atPath: folder.file("x.db"))
    #expect(try names(of: "x.db") == write.companions.map { "x.db" + $0 }.sorted())
    let database = try Example.database(at: .file(folder.file("x.db")))
    #expect(try database.rows(Self.asked) == Self.example)
    #expect(try names(of: "x.db") == ["x.db"])
    #expect(try rows("x.db") == Self.example)
  }

  /// SQLite makes the file before it writes the first page.
  @Test(arguments: Write.allCases) func norIntoOneThatTakesTheEmptyFilesPlace(write: Write) throws {
    try interrupted(write, as: "x.db")
    try Data().write(to: URL(fileURLWithPath: folder.file("x.db")))
    _ = try Example.database(at: .file(folder.file("x.db")))
    #expect(try rows("x.db") == Self.example)
  }

  /// `--force`, and another recording under the same name.
  @Test(arguments: Write.allCases) func norIntoOneThatReplacesIt(write: Write) throws {
    try interrupted(write, as: "x.db")
    let database = try Example.database(at: .file(folder.file("x.db")))
    #expect(try database.rows(Self.asked) == Self.example)
    #expect(try names(of: "x.db") == ["x.db"])
    #expect(try rows("x.db") == Self.example)
  }

  /// The database that the write was of, rolled back: what a query, a report or another replay begins with.
  @Test func itsOwnDatabaseGetsIt() throws {
    try interrupted(.journal, as: "x.db")
    #expect(try rows("x.db") == Self.other)
    try interrupted(.journal, as: "y.db")
    var text = ""
    try Query(database: folder.file("y.db")).run(Self.asked, format: .csv()) {
      text += String(decoding: $0, as: UTF8.self)
      return true
    }
    let values = try #require(Self.other.first).replacing("|", with: ",")
    #expect(text.split(whereSeparator: \.isNewline).last.map(String.init) == values)
  }

  /// A write-ahead log is another program's: its database is none that gpc-replay wrote last.
  @Test func norIsALogOfAnotherProgram() throws {
    try interrupted(.writeAheadLog, as: "x.db")
    let refusal = TraceStoreError.changed(path: folder.file("x.db"), what: "it has a write-ahead log")
    #expect(throws: refusal) { _ = try rows("x.db") }
  }

  /// Removed before the database gets its name: from then on a reader would play it back. What cannot be removed keeps
  /// it from the name.
  @Test(arguments: DatabaseCompanion.allCases.map(\.rawValue))
  func nothingIsPublishedBesideWhatStays(suffix: String) throws {
    let path = folder.file("x.db")
    try FileManager.default.createDirectory(atPath: path + suffix, withIntermediateDirectories: false)
    #expect(throws: TraceStoreError.system(errno: EISDIR, doing: "unlink", path: path + suffix)) {
      _ = try Example.database(at: .file(path))
    }
    #expect(try folder.names == ["x.db" + suffix])
  }

  @Test(arguments: Write.allCases) func aCorpusDatabaseBeginsEmpty(write: Write) throws {
    try interrupted(write, as: "corpus.db")
    try FileManager.default.removeItem(atPath: folder.file("corpus.db"))
    #expect(try CorpusStore(at: .file(folder.file("corpus.db"))).add(Self.emptyRun) == 1)
    #expect(try CorpusStore(existing: folder.file("corpus.db")).lastRun() == 1)
    #expect(try names(of: "corpus.db") == ["corpus.db"])
  }

  private static let emptyRun = CorpusRunRow(
    begunAt: "2026-01-01T00:00:00Z", toolVersion: "1.2.3", folder: "traces", jobCount: 1, differenceCount: 0, wallNs: 1,
    cases: [])

  /// Nothing has the name before the first run is in it; of two that find none, each adds its own.
  @Test func aCorpusDatabaseComesWithItsFirstRun() throws {
    let path = folder.file("corpus.db")
    let first = try CorpusStore(at: .file(path))
    let second = try CorpusStore(at: .file(path))
    #expect(try names(of: "corpus.db") == [])
    #expect(try first.add(Self.emptyRun) == 1)
    #expect(try second.add(Self.emptyRun) == 2)
    #expect(try first.add(Self.emptyRun) == 3)
    #expect(try CorpusStore(existing: path).lastRun() == 3)
    #expect(try folder.names == ["corpus.db"])
  }

  /// One process at a time publishes under a name; one that was killed in its turn holds nobody up.
  @Test func turnsAreTakenAndEnd() throws {
    let path = folder.file(".x.db.partial-turn")
    try Data().write(to: URL(fileURLWithPath: path))
    let turn = try PublishTurn(path, for: "x.db")
    let other = open(path, O_RDONLY)
    #expect(flock(other, LOCK_EX | LOCK_NB) != 0)
    turn.end()
    #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
    // It is unlinked: the next one does not take this one's lock for its own.
    try PublishTurn(path, for: "x.db").end()
    close(other)
    #expect(try folder.names == [])
  }
}

// What goes in comes out: every field, every size of integer, in every place of a page.

import Glibc
import KVMEvents
import Testing

@testable import TraceStore

@Suite struct RoundTripTests {
  /// Around every size at which the record format changes its type.
  static let values: [UInt64] = {
    var values: [UInt64] = [0, 1, 2, .max, .max - 1]
    for bits in [7, 8, 15, 16, 23, 24, 31, 32, 39, 40, 47, 48, 55, 56, 62, 63] {
      let edge = UInt64(1) << UInt64(bits)
      values += [edge - 1, edge, edge + 1, 0 &- edge, 0 &- edge &- 1]
    }
    return values
  }()

  private func expectSame(_ written: [RecordedEvent], from database: TraceDatabase, batch size: Int) throws {
    let cursor = try database.events()
    var batch: [RecordedEvent] = []
    var index = 0
    while try cursor.read(into: &batch, upTo: size) {
      for event in batch {
        let original = written[index]
        index += 1
        #expect(event.id == original.id && event.time == original.time && event.cpu == original.cpu)
        #expect(event.pid == original.pid && event.task == original.task && event.name == original.name)
        #expect(event.kind == original.kind && event.fields == original.fields)
        for field in EventField.allCases { #expect(event[field] == original[field]) }
      }
    }
    #expect(index == written.count)
    #expect(try cursor.read(into: &batch, upTo: size) == false)
  }

  @Test func everyValueInEveryField() throws {
    var events: [RecordedEvent] = []
    for field in EventField.allCases {
      for value in RoundTripTests.values {
        var event = RecordedEvent()
        event.id = EventID(events.count + 1)
        event.time = TraceTimestamp(rawValue: Int64(bitPattern: value % UInt64(TraceTimestamp.end)))
        event.kind = EventKind.allCases[events.count % 32]
        event.task = TaskID(events.count % 2)
        event.pid = Example.tasks[events.count % 2].pid
        event.cpu = Int32(events.count % 300)
        event.set(field, value)
        if value % 3 == 0 { event.set(.kvm, value) }
        events.append(event)
      }
    }
    let writer = try TraceWriter(at: .memory)
    try writer.write(events)
    let database = try writer.finish(Example.summary())
    #expect(try database.rows("PRAGMA integrity_check") == ["ok"])
    try expectSame(events, from: database, batch: 100)
  }

  @Test(arguments: [1, 7, 4096]) func exampleInBatches(of size: Int) throws {
    let folder = try TemporaryFolder()
    try expectSame(Example.events, from: Example.database(at: .file(folder.file("x.db"))), batch: size)
  }

  @Test func summary() throws {
    let database = try Example.database()
    let summary = Example.summary()
    #expect(try database.facts() == summary.trace)
    #expect(try database.replaySettings() == summary.replay)
    #expect(try database.tasks() == summary.tasks)
    #expect(try database.names().map(\.name) == summary.names.map(\.name))
    #expect(try database.names().map(\.kind) == summary.names.map(\.kind))
    #expect(try database.rows("SELECT kind, severity, count FROM import_issue_count") == ["bad_line|warning|3"])
    #expect(try database.rows("SELECT kind, line, reason, excerpt FROM import_issue") == ["bad_line|26|no event|???"])
    #expect(try database.rows("SELECT comm, hex(comm_bytes) FROM task") == ["evtchn|", "a\u{fffd}b|61FF62"])
  }

  /// Both ways into `retry_round` give the same rows: page by page, and through SQLite.
  @Test func roundsByPageAndByStatement() throws {
    let database = try Example.database()
    let byPage = try database.rows("SELECT * FROM retry_round")
    #expect(byPage.count == 3)
    try database.replaceResults {
      try $0.write(Example.rows)
      return Example.settings
    }
    #expect(try database.rows("SELECT * FROM retry_round") == byPage)
  }

  /// Wide rows, so that the tree gets two levels of pages above its leaves, and rowids of every length.
  @Test func tallTable() throws {
    let folder = try TemporaryFolder()
    let connection = try Connection(folder.file("x.db"), mode: .create)
    try connection.execute(
      "PRAGMA page_size = \(PageFile.pageSize); CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT, d TEXT)"
    )
    let descriptor = open(folder.file("x.db"), O_RDWR)
    defer { close(descriptor) }
    let pages = try PageFile(descriptor: descriptor, path: "x.db")
    var builder = TableBuilder(root: 2, in: pages)
    var record = RecordEncoder()
    let text = String(repeating: "x", count: 57)
    let count: Int64 = 320_000
    for id in 1...count {
      record.begin()
      for column in 1...4 { record.set(column, text) }
      try builder.append(rowid: id < 1000 ? id - 500 : id << 30, record)
    }
    try builder.finish()
    try pages.finish()
    #expect(try connection.integer("SELECT count(*) FROM t") == count)
    #expect(try connection.integer("SELECT count(*) FROM t WHERE d = '\(text)'") == count)
    #expect(try connection.integer("SELECT id FROM t WHERE id > \(123_456 << 30) LIMIT 1") == 123_457 << 30)
    let check = try connection.prepare("PRAGMA integrity_check")
    _ = try check.step()
    #expect(check.text(0) == "ok")
  }
}

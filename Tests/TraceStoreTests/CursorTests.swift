// The cursor reads pages itself: whatever SQLite may have made of the file, and whatever a broken disk may have.

import Foundation
import KVMEvents
import Testing
import TraceStore

@Suite struct CursorTests {
  /// A few pages of events, some with every field.
  private static let events: [RecordedEvent] = (1...1500).map { id in
    var event = Example.events[0]
    event.id = EventID(id * 3)
    if id % 10 == 0 {
      for field in EventField.allCases { event.set(field, UInt64(id) << 50) }
    }
    event.set(.pfn, UInt64(id))
    return event
  }

  private static func write(to path: String) throws {
    let writer = try TraceWriter(at: .file(path))
    try writer.write(events)
    _ = try writer.finish(Example.summary())
  }

  private func read(_ database: TraceDatabase) throws -> [RecordedEvent] {
    let cursor = try database.events()
    var all: [RecordedEvent] = []
    var batch: [RecordedEvent] = []
    while try cursor.read(into: &batch, upTo: 1000) { all += batch }
    return all
  }

  @Test(arguments: [
    "VACUUM", "PRAGMA auto_vacuum = FULL; VACUUM", "PRAGMA user_version = 1",
    "UPDATE event SET cpu = 3 WHERE id % 2 = 0; UPDATE event SET cpu = 1",
  ]) func afterOthersWrote(sql: String) throws {
    let folder = try TemporaryFolder()
    try CursorTests.write(to: folder.file("x.db"))
    let database = try TraceDatabase(at: folder.file("x.db"))
    for statement in sql.split(separator: ";") { _ = try database.rows(String(statement)) }
    let events = try read(database)
    let sameIDs = events.map(\.id) == CursorTests.events.map(\.id)
    let sameFields = events.map(\.fields) == CursorTests.events.map(\.fields)
    let sameValues = events.allSatisfy { $0[.pfn] == UInt64($0.id / 3) && $0.cpu == 1 }
    #expect(sameIDs && sameFields && sameValues)
  }

  /// One byte after another is broken, in every page: the cursor says so or reads on, and never crashes.
  @Test func brokenBytes() throws {
    let folder = try TemporaryFolder()
    try CursorTests.write(to: folder.file("whole.db"))
    let whole = try Data(contentsOf: URL(fileURLWithPath: folder.file("whole.db")))
    let path = folder.file("x.db")
    var errors = 0
    for step in 0..<600 {
      var broken = whole
      // The header of a page, its pointers, its cells; every value in turn. A fixed walk, so that a failure comes
      // again.
      let page = step * 7 % (whole.count / 16384)
      let place = page * 16384 + (step % 3 == 0 ? step % 100 : (step * 7919) % 16384)
      broken[place] = broken[place] &+ UInt8(truncatingIfNeeded: step % 255 + 1)
      try broken.write(to: URL(fileURLWithPath: path))
      do { _ = try read(TraceDatabase(at: path)) } catch is TraceStoreError { errors += 1 }
    }
    #expect(errors > 40)
  }

  /// All events, or an error: never a part of them.
  @Test func shortFile() throws {
    let folder = try TemporaryFolder()
    try CursorTests.write(to: folder.file("whole.db"))
    let whole = try Data(contentsOf: URL(fileURLWithPath: folder.file("whole.db")))
    let path = folder.file("x.db")
    for length in stride(from: 0, to: whole.count, by: 9001) {
      try whole.prefix(length).write(to: URL(fileURLWithPath: path))
      let count = (try? read(TraceDatabase(at: path)).count) ?? CursorTests.events.count
      #expect(count == CursorTests.events.count, "\(length) bytes")
    }
  }
}

// The pages that are written past SQLite, held against what SQLite itself makes of the same rows.

import Glibc
import KVMEvents
import Testing

@testable import TraceStore

@Suite struct PageFidelityTests {
  /// Every value that changes the size of an integer, in every field, alone and beside others; a few hundred pages of
  /// them.
  private static let events: [RecordedEvent] = {
    var events: [RecordedEvent] = []
    for round in 0..<20 {
      for field in EventField.allCases {
        for value in RoundTripTests.values {
          var event = RecordedEvent()
          event.id = EventID(events.count * (round + 1) + 1)
          event.time = TraceTimestamp(rawValue: Int64(bitPattern: value) &+ Int64(round))
          event.kind = EventKind.allCases[events.count % 33]
          event.task = TaskID(events.count % 2)
          event.cpu = Int32(events.count % 300)
          event.set(field, value)
          if round % 2 == 1 { for other in EventField.allCases { event.set(other, value &* UInt64(other.rawValue)) } }
          events.append(event)
        }
      }
    }
    return events.sorted { $0.id < $1.id }.reduce(into: []) { if $0.last?.id != $1.id { $0.append($1) } }
  }()

  /// The same rows through `INSERT`, into a database that SQLite alone has written.
  private func insert(_ events: [RecordedEvent], into path: String, like schema: String) throws -> Connection {
    let connection = try Connection(path, mode: .create)
    try connection.execute("\(schema); BEGIN")
    let places = EventColumn.names.map { _ in "?" }.joined(separator: ", ")
    let statement = try connection.prepare("INSERT INTO event VALUES (\(places))")
    for event in events {
      statement.bind(1, event.id)
      statement.bind(2, event.time.rawValue)
      statement.bind(3, Int64(event.cpu))
      statement.bind(4, event.kind == .lostEvents ? nil : Int64(event.task))
      statement.bind(5, event.kind == .lostEvents ? nil : Int64(event.name))
      statement.bind(6, Int64(event.kind.rawValue))
      for field in EventField.allCases {
        statement.bind(Int32(EventColumn.firstField + field.rawValue + 1), event[field].map { Int64(bitPattern: $0) })
      }
      try statement.run()
    }
    try connection.execute("COMMIT")
    return connection
  }

  @Test func eventsAreAsSQLiteWouldHaveWrittenThem() throws {
    let folder = try TemporaryFolder()
    let writer = try TraceWriter(at: .file(folder.file("pages.db")))
    try writer.write(PageFidelityTests.events)
    let ours = try writer.finish(Example.summary())
    #expect(try ours.rows("PRAGMA integrity_check") == ["ok"])
    let definition = try ours.rows("SELECT sql FROM sqlite_schema WHERE name = 'event'")
    let theirs = try insert(PageFidelityTests.events, into: folder.file("sqlite.db"), like: definition[0])
    try theirs.execute("ATTACH '\(folder.file("pages.db"))' AS ours")
    #expect(try theirs.integer("SELECT count(*) FROM main.event") == Int64(PageFidelityTests.events.count))
    // Compared by SQLite, both ways; EXCEPT takes NULLs for equal and 1 for another thing than 1.0 or '1'.
    #expect(try theirs.integer("SELECT count(*) FROM (SELECT * FROM main.event EXCEPT SELECT * FROM ours.event)") == 0)
    #expect(try theirs.integer("SELECT count(*) FROM (SELECT * FROM ours.event EXCEPT SELECT * FROM main.event)") == 0)
  }

  /// SQLite locks the bytes from 1 GiB on: the page they are in belongs to no table. The file is sparse, so this takes
  /// no gigabyte.
  @Test func lockPageIsLeftOut() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.db")
    let connection = try Connection(path, mode: .create)
    try connection.execute("PRAGMA page_size = \(PageFile.pageSize)")
    try connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)")
    let lockPage = (1 << 30) / PageFile.pageSize + 1
    let used = lockPage - 4
    let descriptor = open(path, O_RDWR)
    defer { close(descriptor) }
    try #require(ftruncate(descriptor, off_t(used * PageFile.pageSize)) == 0)
    let pages = try PageFile(descriptor: descriptor, path: path)
    var builder = TableBuilder(root: 2, in: pages)
    var record = RecordEncoder()
    let count: Int64 = 10_000
    for id in 1...count {
      record.begin()
      record.set(1, id << 40)
      try builder.append(rowid: id, record)
    }
    try builder.finish()
    try pages.finish()
    // Pages were written on both sides of it, and it is as ftruncate left it.
    #expect(try connection.integer("PRAGMA page_count") > Int64(lockPage + 3))
    var byte: UInt8 = 0xff
    #expect(pread(descriptor, &byte, 1, off_t(1 << 30)) == 1 && byte == 0)
    #expect(try connection.integer("SELECT count(*) FROM t WHERE a = id << 40") == count)
    // What the sparse part holds is never used, of course; there is nothing else to complain of, the lock page least of
    // all.
    let check = try connection.prepare("PRAGMA integrity_check(1000000)")
    var complaints: [Substring] = []
    // One text holds many lines, under a headline.
    while try check.step() { complaints += check.text(0).split(separator: "\n").filter { !$0.hasPrefix("***") } }
    #expect(complaints.count == used - 2 && complaints.allSatisfy { $0.hasSuffix("never used") })
  }
}

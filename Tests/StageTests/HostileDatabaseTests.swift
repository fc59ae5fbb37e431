// Databases in which nothing is as gpc-replay wrote it: replayed, compared and reported, or refused in a sentence;
// never a trap.

import Foundation
import RealBinary
import Stages
import Testing
import TraceReaders
import TraceStore

@Suite struct HostileDatabaseTests {
  private let folder: TemporaryFolder
  private let tables: [HostileTable]

  /// How many drawn lists of edits; more by hand: GPC_REPLAY_MUTATIONS=10000.
  private static let drawnCount =
    ProcessInfo.processInfo.environment["GPC_REPLAY_MUTATIONS"].flatMap { Int($0) } ?? 60

  init() throws {
    folder = try TemporaryFolder()
    let trace = CorpusTrace("two-refreshers-lossy")
    let reader = try TraceReader(.file(path: trace.trace.path), options: TraceReadOptions())
    _ = try Stages.imported(reader, at: .file(folder.file("template.db").path))
    tables = HostileTable.all(of: folder.file("template.db").path)
  }

  /// nil: all the stages came to their end; else what the store says.
  private func run(_ edits: HostileEdits) throws -> TraceStoreError? {
    let path = folder.file("copy.db").path
    for suffix in ["", "-journal"] where FileManager.default.fileExists(atPath: path + suffix) {
      try FileManager.default.removeItem(atPath: path + suffix)
    }
    try FileManager.default.copyItem(atPath: folder.file("template.db").path, toPath: path)
    edits.apply(to: path, tables)
    do {
      let database = try TraceDatabase(at: path)
      _ = try Stages.report(database)
      _ = try Stages.compare(database)
      try Stages.replay(database)
      _ = try Stages.report(database)
      return nil
    } catch let error as TraceStoreError {
      return error
    }
  }

  @Test func theTemplateIsSound() throws {
    #expect(tables.count > 20 && tables.contains { $0.name == "event" && $0.columns.contains("ts_ns") })
    #expect(try run(HostileEdits([])) == nil)
  }

  /// Each column of each table, in all rows.
  @Test(arguments: [Int64.min, .max]) func noValueTraps(value: Int64) throws {
    var errors = 0
    for (table, entry) in tables.enumerated() {
      for column in entry.columns.indices where try run(HostileEdits(table, column, allRows: value)) != nil {
        errors += 1
      }
    }
    #expect(errors > 5, "what no recording has is said")
  }

  /// `trace.resolution_ns` is added to the clock's uncertainty, `replay.delta_ns` to each stamp.
  @Test(arguments: [
    ("trace", "resolution_ns"), ("trace", "first_ts_ns"), ("replay", "delta_ns"), ("event", "ts_ns"), ("event", "cpu"),
  ]) func whatIsReckonedWithIsSaidToBeDamaged(table: String, column: String) throws {
    let edits = try #require(HostileEdits(table, column, allRows: .max, tables))
    guard case .damaged(table, let reason) = try run(edits) else {
      Issue.record("\(table).\(column) of 2^63 - 1 is taken")
      return
    }
    #expect(!reason.isEmpty)
  }

  /// Values and bytes, drawn by a seed: the same each run.
  @Test func noDrawnDamageTraps() throws {
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    func random(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % below
    }
    let values: [[UInt8]] = [
      [255, 255, 255, 255, 255, 255, 255, 127], [0, 0, 0, 0, 0, 0, 0, 128], [0, 0, 0, 0, 0, 0, 0, 64],
      [0, 0, 0, 0, 0, 0, 0, 0],
    ]
    for _ in 0..<Self.drawnCount {
      let edits = (0...random(4)).flatMap { _ -> [UInt8] in
        let head = (0..<4).map { _ in UInt8(random(256)) }
        return head + (random(3) == 0 ? (0..<8).map { _ in UInt8(random(256)) } : values[random(values.count)])
      }
      _ = try run(HostileEdits(edits))
    }
  }
}

// Recordings for the tests: the fixtures, and files made of lines.

import CZstd
import Foundation
import KVMEvents

@testable import TraceReaders

/// All that a reader gave.
struct Recording {
  var events: [RecordedEvent] = []
  var tasks: [TraceTask] = []
  var names: [EventName] = []
  var issues: [ImportIssue] = []
  var counts: [ImportIssueKind: Int64] = [:]
  var lines: EventID = 0
  var incomplete: String?
  var description = ""
  var resolution: Int64 = 0
  var format = InputFormat.traceCmdText
  var clock: TraceClock?
  var stampUnit = StampUnit.ns
  var kernel: String?

  init(_ input: TraceInput, options: TraceReadOptions = TraceReadOptions()) throws(TraceReadError) {
    let reader = try TraceReader(input, options: options)
    var batch: [RecordedEvent] = []
    while try reader.read(into: &batch) { events += batch }
    (tasks, names, issues, counts) = (reader.tasks, reader.names, reader.issues, reader.issueCounts)
    (lines, incomplete, description) = (reader.facts.lineCount, reader.facts.incomplete, reader.facts.format)
    resolution = reader.facts.resolutionNs
    (format, clock, stampUnit) = (reader.format, reader.facts.knownClock, reader.facts.stampUnit)
    kernel = reader.facts.kernelRelease?.text
  }

  /// The bytes, read from a file of their own.
  init(_ bytes: [UInt8], options: TraceReadOptions = TraceReadOptions()) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "gpc-replay-test-\(UUID().uuidString)")
    let path = file.path(percentEncoded: false)
    try Data(bytes).write(to: file)
    defer { unlink(path) }
    try self.init(.file(path: path), options: options)
  }

  init(_ text: String, options: TraceReadOptions = TraceReadOptions()) throws {
    try self.init(Array(text.utf8), options: options)
  }

  /// Events by name, as the fixtures' counts.tsv has them.
  var countsByName: [String: Int] {
    var counts: [String: Int] = [:]
    for event in events {
      counts[event.kind == .lostEvents ? "(loss lines)" : names[Int(event.name)].name, default: 0] += 1
    }
    return counts
  }

  /// Everything an event says, in words that do not depend on ids of tasks and names; stamps rounded to `timeUnit`, or
  /// truncated.
  func lines(
    ofEvents range: Range<Int>? = nil, timeUnit: Int64 = 1, truncated: Bool = false, commBytes: Int = 16,
    withIDs: Bool = true
  ) -> [String] {
    events[range ?? events.indices].map { event in
      let fields = EventField.allCases.compactMap { field in event[field].map { "\(field)=\($0)" } }
      let comm = event.task < 0 ? [] : tasks[Int(event.task)].comm.prefix(commBytes)
      let time = (event.time.rawValue + (truncated ? 0 : timeUnit / 2)) / timeUnit
      let name = names[Int(event.name)].name
      return "\(withIDs ? event.id : 0) \(time) \(event.cpu) \(event.pid) \(comm) \(name) \(event.kind) \(fields)"
    }
  }
}

extension Recording {
  /// The same without ids: a text counts its header too.
  func linesWithoutIDs(ofEvents range: Range<Int>? = nil, commBytes: Int = 16) -> [String] {
    lines(ofEvents: range, commBytes: commBytes).map { String($0.drop { $0 != " " }) }
  }

  func comm(of event: RecordedEvent) -> [UInt8] { event.task < 0 ? [] : tasks[Int(event.task)].comm }
}

enum Fixture {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

  static func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

  static func packed(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: folder.appending(path: name))) }

  /// The text of a fixture, unpacked in one go by libzstd.
  static func text(_ name: String) throws -> [UInt8] {
    let packed = try packed(name)
    return [UInt8](unsafeUninitializedCapacity: 1 << 24) { block, count in
      count = ZSTD_decompress(block.baseAddress, block.count, packed, packed.count)
      precondition(ZSTD_isError(count) == 0, "fixture \(name) is damaged")
    }
  }

  static func counts(_ name: String) throws -> [String: Int] {
    let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    return text.split(separator: "\n").reduce(into: [:]) { counts, line in
      let columns = line.split(separator: "\t")
      counts[String(columns[0])] = Int(columns[1])
    }
  }
}

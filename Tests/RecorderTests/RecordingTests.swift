// A recording from the first probe to the file: what stands in it is what the rings held.

import Foundation
import KVMEvents
import RealBinary
import Recorder
import Testing
import TraceReaders

/// The parts of a real trace.dat of version 6, as tracefs had them.
private struct RealParts {
  var headerPage: [UInt8] = []
  var headerEvent: [UInt8] = []
  var ftrace: [[UInt8]] = []
  var systems: [(name: String, formats: [[UInt8]])] = []
  var comms: [UInt8] = []
  var pages: [[[UInt8]]] = []

  private let bytes: [UInt8]
  private var place = 0

  init(_ url: URL) throws {
    bytes = Array(try Data(contentsOf: url))
    place = 10 + 2 + 1 + 1
    let pageBytes = number(4)
    _ = string()
    headerPage = block(8)
    _ = string()
    headerEvent = block(8)
    for _ in 0..<number(4) { ftrace.append(block(8)) }
    for _ in 0..<number(4) {
      let name = string()
      systems.append((name, (0..<number(4)).map { _ in block(8) }))
    }
    _ = block(4)
    _ = block(4)
    comms = block(8)
    let cpus = number(4)
    place += 10
    while true {
      if number(2) == 0 { break }
      _ = block(4)
    }
    place += 10
    for _ in 0..<cpus {
      let (start, count) = (number(8), number(8))
      pages.append(stride(from: start, to: start + count, by: pageBytes).map { Array(bytes[$0..<$0 + pageBytes]) })
    }
  }

  private mutating func number(_ count: Int) -> Int {
    defer { place += count }
    return (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
  }

  private mutating func block(_ width: Int) -> [UInt8] {
    let count = number(width)
    defer { place += count }
    return Array(bytes[place..<place + count])
  }

  private mutating func string() -> String {
    let end = bytes[place...].firstIndex(of: 0)!
    defer { place = end + 1 }
    return String(decoding: bytes[place..<end], as: UTF8.self)
  }
}

@Suite struct RecordingTests {
  private let folder: TemporaryFolder
  private static let real = CorpusTrace.root.appending(path: "Tests/TraceReadersTests/Fixtures/quiet-v6.dat")

  init() throws { folder = try TemporaryFolder() }

  /// tracefs as it was when quiet-v6.dat was recorded, its probes under the names of the recording.
  private func standIn(_ parts: RealParts) -> StandIn {
    let files = StandIn()
    files.pages = parts.pages
    files.instanceFiles["events/header_page"] = parts.headerPage
    files.instanceFiles["events/header_event"] = parts.headerEvent
    files.instanceFiles["trace_clock"] = Array("local global [mono] boot\n".utf8)
    files.contents[StandIn.tracefs + "/saved_cmdlines"] = parts.comms
    files.setText("/proc/sys/kernel/osrelease", "6.12.0-test\n")
    func add(_ system: String, _ formats: [[UInt8]]) {
      for format in formats {
        let name = String(decoding: format, as: UTF8.self).split(separator: "\n")[0].dropFirst("name: ".count)
        files.instanceFiles["events/\(system)/\(name)/format"] = format
      }
    }
    add("ftrace", parts.ftrace)
    // The real recording has other tracepoints of kvm as well: here they pass for the recording's own.
    for system in parts.systems { add(system.name == "ftrace" ? "ftrace" : "gpc_replay_7_4242", system.formats) }
    return files
  }

  private func record(_ files: StandIn) throws -> URL {
    let output = folder.file("trace.dat")
    let settings = RecordingSettings(output: output.path, seconds: 1, command: [], version: "0")
    let recording = try Recording(files, tracefs: StandIn.tracefs, settings: settings, pid: 7)
    // A probe of another name: the formats of the real ones are the recording's.
    let probe = ProbeToDefine(event: "other", place: "kvm:other", isReturn: false, lost: "nothing.")
    try recording.start([probe], facts: ["offsets kvm.mmu_notifier=6800"])
    try recording.drain()
    try recording.finish()
    #expect(recording.remove() == 0)
    return output
  }

  private func events(_ url: URL) throws -> (events: [RecordedEvent], reader: TraceReader) {
    let reader = try TraceReader(.file(path: url.path))
    var all: [RecordedEvent] = []
    var batch: [RecordedEvent] = []
    while try reader.read(into: &batch) { all += batch }
    return (all, reader)
  }

  private func words(_ event: RecordedEvent) -> String {
    let fields = EventField.allCases.map { field in event[field].map { "\(field)=\($0)" } ?? "-" }
    return "\(event.id) \(event.time) \(event.cpu) \(event.pid) \(event.kind) \(fields.joined(separator: " "))"
  }

  @Test func theFileHoldsWhatTheRingsHeld() throws {
    let files = standIn(try RealParts(Self.real))
    let output = try record(files)
    let ours = try events(output)
    let real = try events(Self.real)
    #expect(real.events.count > 100)
    #expect(ours.events.count == real.events.count)
    for (mine, theirs) in zip(ours.events, real.events) where words(mine) != words(theirs) {
      Issue.record("\(words(mine)) is not \(words(theirs))")
    }
    #expect(ours.reader.facts.knownClock == .mono && ours.reader.facts.incomplete == nil)
    #expect(ours.reader.facts.kernelRelease?.text == "6.12.0-test")
    #expect(ours.reader.issueCounts == real.reader.issueCounts)
    #expect(files.instances == [] && files.probes == [])
    #expect(try folder.names == ["trace.dat"], "nothing beside it")
  }

  /// What the recording is made with stands at its start and at its end, for a ring may overwrite the start.
  @Test func theRecordingSaysWhatItWasMadeWith() throws {
    let files = standIn(try RealParts(Self.real))
    _ = try record(files)
    let marks = files.writes.filter { $0.path.hasSuffix("/trace_marker") }.map(\.text)
    let about = [
      "gpc-replay: offsets kvm.mmu_notifier=6800\n", "gpc-replay: define p:gpc_replay_7_4242/other kvm:other\n",
    ]
    #expect(marks == about + about)
    // Probes are switched one by one, and nothing is recorded meanwhile: no call has its entry alone.
    let switches = files.writes.filter { $0.path.hasSuffix("/tracing_on") || $0.path.hasSuffix("_4242/enable") }
      .map { "\($0.path.split(separator: "/").last ?? "") \($0.text.prefix(1))" }
    #expect(
      switches == [
        "tracing_on 0", "enable 1", "tracing_on 1", "tracing_on 0", "enable 0", "tracing_on 1", "tracing_on 0",
        "tracing_on 0", "enable 0",
      ])
    let enable = files.writes.firstIndex { $0.path.hasSuffix("/events/gpc_replay_7_4242/enable") && $0.text == "1\n" }
    let firstMark = files.writes.firstIndex { $0.path.hasSuffix("/trace_marker") }
    #expect((firstMark ?? .max) < (enable ?? 0), "before the first event")
  }

  /// A flight recorder: what was given up is gone, and each CPU says so in front of what is left.
  @Test func stretches() throws {
    var parts = try RealParts(Self.real)
    // Two CPUs: one whose pages come in both stretches, one that has none in the second.
    parts.pages = [parts.pages.first { $0.count > 1 } ?? [], parts.pages.first { $0.count > 0 } ?? []]
    let whole = parts.pages
    try #require(whole[0].count > 1)
    let files = standIn(parts)
    files.pages = [[whole[0][0]], [whole[1][0]]]
    let output = folder.file("trace.dat")
    let settings = RecordingSettings(output: output.path, seconds: 1, command: [], until: ["stale"], version: "0")
    let recording = try Recording(files, tracefs: StandIn.tracefs, settings: settings, pid: 7)
    try recording.start(
      [ProbeToDefine(event: "other", place: "kvm:other", isReturn: false, lost: "nothing.")], facts: ["offsets"])
    let first = try recording.writeSoFar()
    let before = try events(URL(filePath: first))
    #expect(before.events.count > 0 && before.events.allSatisfy { $0.kind != .lostEvents })
    files.refill([Array(whole[0].dropFirst()), []])
    let both = try events(URL(filePath: try recording.writeSoFar()))
    #expect(both.events.count > before.events.count && both.events.allSatisfy { $0.kind != .lostEvents })
    try recording.dropStretch()
    try recording.finish()
    let kept = try events(output)
    #expect(kept.events.count { $0.kind == .lostEvents } == 2, "one in front of each CPU's first page")
    let onCPU0 = both.events.filter { $0.cpu == 0 }.count - before.events.filter { $0.cpu == 0 }.count
    #expect(kept.events.count { $0.cpu == 0 && $0.kind != .lostEvents } == onCPU0)
    // The CPU without a page of its own in the second stretch keeps its last one.
    #expect(kept.events.count { $0.cpu == 1 && $0.kind != .lostEvents } == before.events.count { $0.cpu == 1 })
    for cpu in [Int32(0), 1] { #expect(kept.events.first { $0.cpu == cpu }?.kind == .lostEvents) }
    RecordingFile.removeUnfinished(output.path, pid: getpid())
    #expect(recording.remove() == 0)
    #expect(try folder.names == ["trace.dat"], "nothing beside it")
  }

  @Test func countsAreSumsOverTheCPUs() throws {
    let files = standIn(try RealParts(Self.real))
    files.instanceFiles["per_cpu/cpu0/stats"] = Array(
      "entries: 5\noverrun: 2\ncommit overrun: 1\nbytes: 3\noldest event ts: 1.0\ndropped events: 4\nread events: 9\n"
        .utf8)
    let settings = RecordingSettings(output: folder.file("t").path, seconds: 1, command: [], version: "0")
    let recording = try Recording(files, tracefs: StandIn.tracefs, settings: settings, pid: 7)
    try recording.start(
      [ProbeToDefine(event: "other", place: "kvm:other", isReturn: false, lost: "nothing.")], facts: [])
    let counts = recording.counts()
    #expect(counts.waiting == 5 && counts.lost == 7 && counts.read == 9)
    files.setText(StandIn.tracefs + "/kprobe_profile", "  other    100   3\n  theirs  5 5\n  zero 1 0\n")
    #expect(recording.missed().map(\.event) == ["other"] && recording.missed().map(\.count) == [3])
    #expect(recording.remove() == 0)
    #expect(try folder.names == [], "a recording that is not finished leaves nothing")
  }
}

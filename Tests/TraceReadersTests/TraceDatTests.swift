// Real trace.dat files through the door: the same events as their texts.

import Foundation
import KVMEvents
import Renderings
import Testing

@testable import TraceReaders

@Suite struct TraceDatTests {
  static let files = [
    "quiet", "quiet-v6", "quiet-big-endian", "quiet-shifted", "quiet-tsc", "quiet-two-buffers", "quiet-empty",
    "storm-lossy-chunks", "unrelated-chunks",
    "instance-overlap-chunks", "odd-comms-chunks", "61xen-overlap-chunks", "defnames2-overlap-chunks",
  ]

  private func recording(_ name: String) throws -> Recording {
    try Recording(.file(path: Fixture.path("\(name).dat")))
  }

  /// One recording in every form: its text was printed by trace-cmd of the recorded machine.
  @Test(arguments: ["quiet", "quiet-v6", "quiet-zlib", "quiet-big-endian", "quiet-two-buffers"])
  func everyFormIsTheSameRecording(name: String) throws {
    let recording = try recording(name)
    let text = try Recording(.file(path: Fixture.path("quiet-reportt.txt.zst")))
    #expect(recording.linesWithoutIDs() == text.linesWithoutIDs())
    #expect(recording.tasks == text.tasks)
    #expect(recording.names.filter { $0.count > 0 }.map(\.name) == text.names.map(\.name))
    // The formats list every event that was set, a text none.
    #expect(recording.names.allSatisfy(\.isListed) && text.names.allSatisfy { !$0.isListed })
    #expect(recording.names.contains { $0.name == "gpc_activate_hva" && $0.count == 0 })
    #expect(recording.countsByName == (try Fixture.counts("quiet.counts.tsv")))
    #expect(recording.counts == [:])
    #expect(recording.incomplete == nil)
    #expect(recording.lines == 761)
  }

  @Test(arguments: ["storm-lossy-chunks", "unrelated-chunks"])
  func agreesWithTheTextKeptBesideIt(name: String) throws {
    let recording = try recording(name)
    let text = try Recording(.file(path: Fixture.path("\(name).txt.zst")))
    #expect(recording.linesWithoutIDs() == text.linesWithoutIDs())
    #expect(recording.issues.isEmpty)
    // The text has one line more, and in front: `cpus=4`.
    #expect(recording.events.map(\.id) == text.events.map { $0.id - 1 })
  }

  /// One comm taken out of the saved ones (as another pid's): its events are the same, and nothing tells its name.
  @Test func aThreadWhoseCommWasNotSavedHasNone() throws {
    var dat = try DatBytes("quiet-v6.dat")
    let whole = try Recording(dat.bytes)
    dat.replace("342 workload\n", with: "942 workload\n")
    let recording = try Recording(dat.bytes)
    #expect(recording.linesWithoutIDs(commBytes: 0) == whole.linesWithoutIDs(commBytes: 0))
    let changed = zip(whole.events, recording.events).filter { whole.comm(of: $0) != recording.comm(of: $1) }
    #expect(!changed.isEmpty && changed.allSatisfy { $0.0.pid == 342 })
    #expect(Set(changed.map { recording.comm(of: $0.1) }) == [Array("<...>".utf8)])
  }

  /// Debian 12's trace-cmd prints the same events. Where it says `<...>` the comm is left aside: it stops reading the
  /// saved comms at the first one it does not understand.
  @Test(.enabled(if: TraceCmd.isInstalled), arguments: files)
  func agreesWithTraceCmd(name: String) throws {
    let recording = try recording(name)
    let text = try Recording(TraceCmd.report(Fixture.path("\(name).dat")))
    #expect(recording.events.count == text.events.count)
    for (own, theirs) in zip(recording.events.indices, text.events.indices) {
      let isUnnamed = text.comm(of: text.events[theirs]) == Array("<...>".utf8)
      let commBytes = isUnnamed ? 0 : 16
      let line = recording.linesWithoutIDs(ofEvents: own..<own + 1, commBytes: commBytes)
      #expect(line == text.linesWithoutIDs(ofEvents: theirs..<theirs + 1, commBytes: commBytes))
      if line != text.linesWithoutIDs(ofEvents: theirs..<theirs + 1, commBytes: commBytes) { break }
    }
  }

  /// The brackets in `trace_clock` tell; cycles are time where TSC2NSEC says how long they take.
  @Test(
    arguments: [
      ("[local] global counter uptime", "local global [counter] uptime", .counter, .tick),
      ("[local] global counter uptime", "local [global] counter uptime", .global, .ns),
      ("[local] global counter uptime", "local global ppc-tbr [uptime]", .uptime, .ns),
      ("[local] global counter uptime", "local global [ppc-tb!] uptime", nil, .tick),
    ] as [(String, String, TraceClock?, StampUnit)])
  func theClockTellsWhetherStampsAreTime(old: String, new: String, clock: TraceClock?, unit: StampUnit) throws {
    var file = try DatBytes("quiet-v6.dat")
    file.replace(old, with: new)
    let recording = try Recording(file.bytes)
    #expect(recording.clock == clock && recording.stampUnit == unit)
    #expect(try self.recording("quiet-tsc").stampUnit == .ns)
  }

  /// Pages announce what was overwritten; that a buffer was full, or a record given up, only the statistics tell: how
  /// much, not where.
  @Test func whatTheStatisticsCountAsDroppedIsLostSomewhere() throws {
    let packed = try Fixture.packed("cpustat-dropped.dat.zst")
    let recording = try Recording(packed)
    let losses = recording.events.suffix(4)
    #expect(losses.map(\.kind) == Array(repeating: .lostEvents, count: 4) && losses.map(\.cpu) == [0, 1, 2, 3])
    #expect(losses.map { $0[.len] } == [15_519, 7_116, 18_935, 15_509])
    #expect(losses.allSatisfy { $0[.flags] == RecordedEvent.lostAnywhere })
    #expect(recording.counts == [.unannouncedLoss: 4])
    #expect(recording.events.count == 484 && recording.lines == 484)
  }

  @Test(
    arguments: [
      ("CPU: 3\nentries: 7\noverrun: 9\ncommit overrun: 0\ndropped events: 0\n", 3, 0),
      ("CPU: 3\noverrun: 9\ncommit overrun: 2\nbytes: 1\ndropped events: 40\nread events: 1\n\0", 3, 42),
      ("CPU: 0\ncommit overrun: 1\n", 0, 1), ("CPU: 1\ndropped events: 99999999999999999999\n", 1, .max),
      ("CPU: 1\ncommit overrun: 18446744073709551615\ndropped events: 1\n", 1, .max),
    ] as [(String, Int32, UInt64)])
  func statisticsOfACPU(text: String, cpu: Int32, dropped: UInt64) throws {
    let statistics = try #require(CPUStatistics(Array(text.utf8)))
    #expect(statistics.cpu == cpu && statistics.dropped == dropped)
  }

  @Test(arguments: ["\nBuffer: kvmgpc\n\n\0", "", "CPU: x\ndropped events: 1\n", "CPU: 65536\ndropped events: 1\n"])
  func statisticsOfNoCPU(text: String) { #expect(CPUStatistics(Array(text.utf8)) == nil) }

  @Test func readsTheFieldsOfARealRefresh() throws {
    let refresh = try #require(recording("quiet").events.first { $0.kind == .lockedRefresh })
    #expect(refresh.time.rawValue == 114_269_526_118)
    #expect(refresh.cpu == 3)
    #expect(refresh.pid == 342)
    #expect(refresh.gpc?.rawValue == 0xff52_9c43_c189_6668)
    #expect(refresh[.oldGpa] == .max)
    #expect(refresh[.slotsGeneration] == 2)
    #expect(refresh[.active] == 1)
    #expect(refresh[.valid] == 0)
    #expect(refresh[.pfn] == nil)
  }

  @Test func lossStandsInSequence() throws {
    let recording = try recording("storm-lossy-chunks")
    let losses = recording.events.filter { $0.kind == .lostEvents }
    #expect(losses.count == 7)
    #expect(losses.compactMap { $0[.len] } == [160])
    #expect(recording.events.map(\.id) == Array(1...EventID(recording.events.count)))
  }

  /// What trace-cmd 3.1.6 prints for the first, the second, the 399th and the last event.
  @Test(arguments: [
    ("quiet-shifted", [114_133_968_745, 114_140_172_007, 114_266_697_953]),
    ("quiet-tsc", [79_804_635_480, 79_808_968_137, 79_897_386_725]),
  ])
  func optionsCorrectTheStamps(name: String, stamps: [Int64]) throws {
    let events = try recording(name).events
    #expect([0, 1, 398].map { events[$0].time.rawValue } == stamps)
  }

  @Test(arguments: ["quiet", "quiet-v6", "quiet-big-endian"])
  func saysWhichKernelItIsOf(name: String) throws {
    #expect(try recording(name).kernel == "6.12.95+deb12-amd64")
  }

  @Test(arguments: [
    ("quiet", "trace.dat version 7, zstd"), ("quiet-v6", "trace.dat version 6"),
    ("quiet-zlib", "trace.dat version 7, zlib"),
    ("instance-overlap-chunks", "trace.dat version 7, zstd, buffers kvmgpc"),
  ])
  func saysItsFormAndItsClock(name: String, form: String) throws {
    let reader = try TraceReader(.file(path: Fixture.path("\(name).dat")))
    #expect(reader.format == .traceDat)
    #expect(reader.facts.format == form)
    #expect(reader.facts.knownClock == .local)
    #expect(reader.facts.resolutionNs == 1)
  }

  @Test(arguments: ["quiet", "quiet-v6"])
  func aPackedOneIsReadFromATemporaryFile(name: String) throws {
    let packed = try zstd(Fixture.packed("\(name).dat"), flush: 1000)
    #expect(try Recording(packed).lines() == recording(name).lines())
  }

  /// Version 6 has its lists in front; of version 7 the last one is gone.
  @Test func aPackedOneThatBreaksOffIsMarked() throws {
    let cut = try Recording(Array(zstd(Fixture.packed("quiet-v6.dat"), flush: 1000).dropLast(200)))
    #expect(cut.incomplete != nil)
    #expect(cut.counts[.truncated] ?? 0 > 0)
    let reason = "the zstd stream breaks off inside a frame"
    let bytes = try Array(zstd(Fixture.packed("quiet.dat"), flush: 1000).dropLast(20))
    let error = #expect(throws: TraceReadError.self) { try Recording(bytes) }
    #expect(error?.predicate == "\(TraceReadError.traceDat(.cutOff(.options)).predicate), for \(reason)")
  }

  @Test func aPackedOneThatGrowsTooLargeIsTurnedAway() throws {
    var options = TraceReadOptions()
    options.spooledBytesMax = 10_000
    #expect(throws: TraceReadError.unpackedTooLarge(bytesMax: 10_000)) {
      try Recording(zstd(Fixture.packed("quiet-v6.dat")), options: options)
    }
  }

  @Test func hashNamesTheFileAsItStands() throws {
    let reader = try TraceReader(.file(path: Fixture.path("quiet.dat")))
    var batch: [RecordedEvent] = []
    while try reader.read(into: &batch) {}
    var hasher = ContentHash.Hasher()
    try Fixture.packed("quiet.dat").withUnsafeBytes { hasher.update($0) }
    #expect(reader.facts.contentHash == hasher.finish().description)
    #expect(reader.bytesRead == reader.totalBytes)
  }

  @Test(arguments: [1, 7, 761])
  func batchesHoldWhatTheyAreAskedFor(size: Int) throws {
    var options = TraceReadOptions()
    options.batchSize = size
    let path = Fixture.path("quiet.dat")
    #expect(try Recording(.file(path: path), options: options).lines() == recording("quiet").lines())
  }

  /// Many CPUs share one room for chunks, and keep a page each.
  @Test(arguments: ["storm-lossy-chunks", "quiet-v6"])
  func littleRoomGivesTheSameEvents(name: String) throws {
    var options = TraceReadOptions()
    options.chunkBytesKept = 1
    let path = Fixture.path("\(name).dat")
    #expect(try Recording(.file(path: path), options: options).lines() == recording(name).lines())
  }

  @Test func anEmptyRecordingIsOne() throws {
    let empty = try recording("quiet-empty")
    #expect(empty.events.isEmpty)
    #expect(empty.incomplete == nil)
    #expect(empty.counts == [:])
  }

  @Test func whatTheCatalogueLacksIsCounted() throws {
    var options = TraceReadOptions()
    options.catalogue = try ProbeCatalogue(texts: ["event gpc_init gpc_init\nfields gpc:pointer kvm:pointer\n"])
    let path = Fixture.path("quiet.dat")
    let few = try Recording(.file(path: path), options: options)
    #expect(few.events.count == 11)
    #expect(few.counts == [.unknownEvent: 32])
    #expect(few.names.reduce(0) { $0 + $1.count } == 761)
    options.keepsUnknown = true
    #expect(try Recording(.file(path: path), options: options).events.count == 761)
  }
}

/// Debian's trace-cmd, an implementation that is not ours.
enum TraceCmd {
  private static let path = "/usr/bin/trace-cmd"
  static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }

  /// What `trace-cmd report -t` prints.
  static func report(_ file: String) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = ["report", "-t", file]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    return bytes
  }
}

// Real perf.data files through the door: the same events as `perf script` printed of them.

import Foundation
import KVMEvents
import Renderings
import Testing

@testable import TraceReaders

@Suite struct PerfDataTests {
  static let forms = ["", "-zstd", "-pipe", "-pipe-zstd", "-big-endian", "-call-chains"]

  /// `perf-cut`, and the same in other forms, which stand packed.
  static func bytes(_ form: String) throws -> [UInt8] {
    form.isEmpty ? try Fixture.packed("perf-cut.data") : try Fixture.text("perf-cut\(form).data.zst")
  }

  private func recording(_ form: String, options: TraceReadOptions = TraceReadOptions()) throws -> Recording {
    try Recording(Self.bytes(form), options: options)
  }

  /// perf 6.1 printed the text of the perf.data that all of them were cut from.
  @Test(arguments: forms) func everyFormIsWhatPerfScriptPrints(form: String) throws {
    let recording = try recording(form)
    let text = try Recording(.file(path: Fixture.path("perf-script-ns-pidtid-cut.txt.zst")))
    #expect(recording.lines() == text.lines())
    #expect(recording.tasks == text.tasks)
    #expect(recording.names.filter { $0.count > 0 }.map(\.name) == text.names.map(\.name))
    #expect(recording.names.allSatisfy(\.isListed) && text.names.allSatisfy { !$0.isListed })
    #expect(try recording.countsByName == Fixture.counts("perf-script-cut.counts.tsv"))
    #expect(recording.counts == [:])
    #expect(recording.incomplete == nil)
    #expect(recording.lines == 600)
  }

  @Test(.enabled(if: Perf.isInstalled), arguments: forms) func agreesWithPerfItself(form: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "gpc-replay-perf-\(UUID().uuidString)")
    try Data(Self.bytes(form)).write(to: folder)
    defer { unlink(folder.path) }
    let text = try Recording(Perf.script(folder.path))
    #expect(text.events.count == 600)
    #expect(try recording(form).lines() == text.lines())
  }

  @Test(arguments: [
    ("", "perf.data"), ("-zstd", "perf.data, zstd"), ("-pipe", "perf.data of a pipe"),
    ("-big-endian", "perf.data, big endian"),
  ])
  func saysItsFormAndItsClock(form: String, description: String) throws {
    let recording = try recording(form)
    #expect(recording.format == .perfData)
    #expect(recording.description == description)
    #expect(recording.clock == .perf)
    #expect(recording.resolution == 1)
  }

  @Test(arguments: [
    (PerfBytes.string("6.12.95+deb12-amd64"), "6.12.95+deb12-amd64"), (PerfBytes.string(""), nil), ([], nil),
    ([1], nil),
    (PerfBytes.string("no release"), nil),
  ])
  func theKernelIsThatOfItsFeature(section: [UInt8], kernel: String?) throws {
    var file = try PerfBytes()
    file.add(osRelease: section)
    let recording = try Recording(file.bytes)
    #expect(recording.kernel == kernel && recording.events.count == 600)
    #expect(try Recording(PerfBytes().bytes).kernel == nil)
  }

  /// A section that lies behind the file's end tells nothing, and hides nothing.
  @Test func aFeatureThatIsNotThere() throws {
    var file = try PerfBytes()
    file.add(osRelease: PerfBytes.string("6.12.95"))
    file.bytes.removeLast(60)
    let recording = try Recording(file.bytes)
    #expect(recording.kernel == nil && recording.events.count == 600)
  }

  /// In a pipe it is a record, `PERF_RECORD_HEADER_FEATURE`.
  @Test func theKernelOfAPipe() throws {
    let body = [4, 0, 0, 0, 0, 0, 0, 0] + PerfBytes.string("7.3.4")
    let bytes = try Self.bytes("-pipe")
    let record = [80, 0, 0, 0, 0, 0, UInt8(8 + body.count), 0] + body
    #expect(try Recording(bytes[..<16] + record + bytes[16...]).kernel == "7.3.4")
  }

  /// `-k`: the attribute's clockid, and the bit that says it counts.
  @Test(arguments: [(1, .mono), (4, .monoRaw), (7, .boot), (11, .tai), (0, nil)] as [(Int32, TraceClock?)])
  func theClockIsThatOfTheAttributes(clockID: Int32, clock: TraceClock?) throws {
    var file = try PerfBytes()
    for place in file.attributes {
      file.put(file.bytes.number(at: place + 40) | 1 << 25, at: place + 40)
      file.put(clockID, at: place + 92)
    }
    #expect(try Recording(file.bytes).clock == clock)
  }

  @Test func aPackedOneIsReadFromATemporaryFile() throws {
    let packed = try zstd(Self.bytes("-zstd"), flush: 1000)
    #expect(try Recording(packed).lines() == recording("").lines())
  }

  @Test func whatGrowsTooLargeIsTurnedAway() throws {
    var options = TraceReadOptions()
    options.spooledBytesMax = 60_000
    #expect(throws: TraceReadError.unpackedTooLarge(bytesMax: 60_000)) {
      try Recording(Self.bytes("-zstd"), options: options)
    }
  }

  @Test func hashNamesTheFileAsItStands() throws {
    let reader = try TraceReader(.file(path: Fixture.path("perf-cut.data")))
    var batch: [RecordedEvent] = []
    while try reader.read(into: &batch) {}
    var hasher = ContentHash.Hasher()
    try Self.bytes("").withUnsafeBytes { hasher.update($0) }
    #expect(reader.facts.contentHash == hasher.finish().description)
    #expect(reader.bytesRead == reader.totalBytes)
  }

  @Test(arguments: [1, 7, 600]) func batchesHoldWhatTheyAreAskedFor(size: Int) throws {
    var options = TraceReadOptions()
    options.batchSize = size
    #expect(try recording("-zstd", options: options).lines() == recording("").lines())
  }

  @Test func whatTheCatalogueLacksIsCounted() throws {
    var options = TraceReadOptions()
    options.catalogue = try ProbeCatalogue(texts: ["event gpc_init gpc_init\nfields gpc:pointer kvm:pointer\n"])
    let few = try recording("", options: options)
    #expect(few.events.count == 11)
    #expect(few.names.reduce(0) { $0 + $1.count } == 600)
    options.keepsUnknown = true
    #expect(try recording("", options: options).events.count == 600)
  }

  /// `-e cpu-clock` beside the tracepoints: no format, and perhaps no stamp.
  @Test(arguments: [false, true]) func whatIsNoTracepointIsCounted(hasTime: Bool) throws {
    var file = try PerfBytes()
    let gpcInit = try #require(file.attributes.first { file.bytes.number(at: $0 + 8) == UInt64(1777) })
    file.put(UInt32(1), at: gpcInit)
    // What was the stamp is then an address.
    if !hasTime { file.put(file.bytes.number(at: gpcInit + 24) ^ 0b1100 as UInt64, at: gpcInit + 24) }
    let recording = try Recording(file.bytes)
    #expect(recording.counts == [.unknownEvent: 1])
    #expect(recording.events.count == 589)
    #expect(recording.names.contains { $0.name == "perf-software-0x6f1" && $0.count == 11 && $0.kind == nil })
    var options = TraceReadOptions()
    options.keepsUnknown = true
    let kept = try Recording(file.bytes, options: options)
    #expect(kept.events.count == 600)
    #expect(kept.counts == [.unknownEvent: 1])
  }

  // MARK: Order

  /// One round holds the whole file: as long as all may wait, they are put into order.
  @Test func withoutRoundsEverythingWaits() throws {
    var options = TraceReadOptions()
    options.reorderedMax = 4
    let little = try recording("-call-chains", options: options)
    #expect(little.counts[.timeWentBack] ?? 0 > 0)
    #expect(little.events.count == 600)
    #expect(zip(little.events, little.events.dropFirst()).allSatisfy { $0.id < $1.id })
  }

  /// Two rounds wait at most: 100 records, where all others would be 600.
  @Test func roundsBoundWhatWaits() throws {
    var options = TraceReadOptions()
    options.reorderedMax = 200
    #expect(try recording("-pipe", options: options).lines() == recording("").lines())
  }

  @Test func roundsHandOnWhatNothingCanComeBeforeAnyMore() {
    var order = RoundOrder(waitingMax: 100)
    let put = { (order: inout RoundOrder, times: [UInt64]) in
      for time in times { order.put(RoundOrder.Entry(time: time, place: order.latest * 100 + time, cpu: 0)) }
    }
    let take = { (order: inout RoundOrder) in
      var times: [UInt64] = []
      while let entry = order.take() { times.append(entry.time) }
      return times
    }
    put(&order, [10, 30, 5, 20])
    order.finishRound()
    #expect(take(&order) == [])
    put(&order, [40, 25, 31])
    order.finishRound()
    #expect(take(&order) == [5, 10, 20, 25, 30])
    order.finishRound()
    #expect(take(&order) == [31, 40])
    put(&order, [50, 45])
    order.finish()
    #expect(take(&order) == [45, 50])
  }
}

/// Debian's perf, an implementation that is not ours.
enum Perf {
  private static let path = "/usr/bin/perf"
  static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }

  static func script(_ file: String) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = ["script", "--ns", "-F", "comm,pid,tid,cpu,time,event,trace", "-i", file]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    return bytes
  }
}

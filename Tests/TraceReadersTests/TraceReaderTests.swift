// Real recordings, read through the door.

import KVMEvents
import Testing

@testable import TraceReaders

@Suite struct TraceReaderTests {
  @Test(arguments: [("3000000000000", StampUnit.tick), ("  3000.000000", .ns), ("  3000.000000000", .ns)])
  func stampsWithoutAPointAreTicks(stamp: String, unit: StampUnit) throws {
    let body = "\(stamp): gpc_init: (ffffffffc020bfa4) gpc=0xff11000101000f08\n"
    #expect(try Recording("cpus=4\n          task-1-1001  [001]\(body)").stampUnit == unit)
    #expect(try Recording("# tracer: nop\n#\n          task-1-1001    [001] ..... \(body)").stampUnit == unit)
    // One of the others, behind it, has lost its point, or gained one.
    let others = ["  3001.000000", "  3001.000000000", "3000000000001"].map { other in
      "          task-1-1001  [001]\(other): gpc_init: (ffffffffc020bfa4) gpc=0xff11000101000f08\n"
    }
    #expect(try Recording("cpus=4\n          task-1-1001  [001]\(body)" + others.joined()).stampUnit == unit)
  }

  @Test(arguments: [
    ("quiet-reportt", "quiet"), ("quiet-report", "quiet"), ("quiet-reportR", "quiet"), ("quiet-reportl", "quiet"),
    ("odd-comms-reportt", "odd-comms-reportt"), ("storm-lossy-cut", "storm-lossy-cut"),
    ("instance-overlap-cut", "instance-overlap-cut"), ("61xen-overlap-cut", "61xen-overlap-cut"),
    ("defnames2-overlap-cut", "defnames2-overlap-cut"), ("overlap-reportt-cut", "overlap-cut"),
    ("overlap-report-cut", "overlap-cut"), ("overlap-reportR-cut", "overlap-cut"),
    ("overlap-reportl-cut", "overlap-cut"),
    ("storm-lossy-report-cut", "storm-lossy-cut"),
  ])
  func countsByEventAreThoseOfTheFixture(name: String, counts: String) throws {
    let recording = try Recording(.file(path: Fixture.path("\(name).txt.zst")))
    #expect(try recording.countsByName == Fixture.counts("\(counts).counts.tsv"))
    #expect(recording.events.count == Int(recording.lines) - 1)
    #expect(recording.counts.filter { ![.microseconds, .cutComms].contains($0.key) } == [:])
    #expect(recording.names.allSatisfy { $0.kind != nil })
    #expect(recording.names.reduce(0) { $0 + Int($1.count) } == recording.events.count)
    #expect(recording.incomplete == nil)
  }

  @Test(arguments: ["report", "reportR", "reportl"])
  func allRenderingsOfOneRecordingAreTheSameEvents(rendering: String) throws {
    let nanoseconds = try Recording(.file(path: Fixture.path("quiet-reportt.txt.zst")))
    let other = try Recording(.file(path: Fixture.path("quiet-\(rendering).txt.zst")))
    #expect(other.lines(timeUnit: 1000, commBytes: 8) == nanoseconds.lines(timeUnit: 1000, commBytes: 8))
    #expect(nanoseconds.resolution == 1)
    #expect(other.resolution == 1000)
    #expect(other.counts == (rendering == "reportl" ? [.microseconds: 1, .cutComms: 1] : [.microseconds: 1]))
  }

  /// Said once, of the first record, and with nanoseconds too; comms of 8 bytes in their usual column are none that
  /// were cut.
  @Test func commsOfEightBytesAreSaidToBeCut() throws {
    let line = "evtchn-5-1234    1d..2.   114.252766486: gpc_init: (ff) gpc=0xff529c43c1896668 kvm=0xff529c43c188d000\n"
    let recording = try Recording("cpus=4\n\(line)\(line.replacing("486", with: "487"))")
    #expect(recording.events.count == 2 && recording.description.hasSuffix("-t, -l"))
    #expect(recording.issues.map { "\($0.kind.rawValue) \($0.line)" } == ["cut_comms 2"])
    #expect(
      recording.issues.first?.reason
        == "comms are cut to 8 bytes (`-l`): without it `trace-cmd report` prints them whole")
    let wide =
      "        evtchn-5-1234  [001] d..2.   114.252766486: gpc_init: (ff) gpc=0xff529c43c1896668 kvm=0xff529c43c188d000\n"
    #expect(try Recording("cpus=4\n\(wide)").counts == [:])
  }

  @Test(arguments: [
    ("overlap-reportt-cut", "overlap-report-cut"), ("overlap-reportt-cut", "overlap-reportR-cut"),
    ("overlap-reportt-cut", "overlap-reportl-cut"), ("storm-lossy-cut", "storm-lossy-report-cut"),
  ])
  func soItIsOfOtherRecordings(nanoseconds: String, other: String) throws {
    let nanoseconds = try Recording(.file(path: Fixture.path("\(nanoseconds).txt.zst")))
    let other = try Recording(.file(path: Fixture.path("\(other).txt.zst")))
    #expect(other.lines(timeUnit: 1000, commBytes: 8) == nanoseconds.lines(timeUnit: 1000, commBytes: 8))
  }

  @Test(arguments: ["ftrace-odd-comms-cut", "ftrace-storm-mono-tgid-cut", "ftrace-storm-lossy-cut"])
  func countsOfTracefsAreThoseOfTheFixture(name: String) throws {
    var counts = try Recording(.file(path: Fixture.path("\(name).txt.zst"))).countsByName
    counts["(loss lines)"] = nil
    #expect(try counts == Fixture.counts("\(name).counts.tsv"))
  }

  @Test(arguments: [
    ("quiet-report", "trace-cmd report text, default"), ("quiet-reportt", "trace-cmd report text, -t"),
    ("quiet-reportl", "trace-cmd report text, -l"), ("quiet-reportR", "trace-cmd report text, -R"),
  ])
  func saysHowTheTextWasPrinted(name: String, description: String) throws {
    #expect(try Recording(.file(path: Fixture.path("\(name).txt.zst"))).description == description)
  }

  @Test func readsTheFieldsOfARealRefresh() throws {
    let recording = try Recording(.file(path: Fixture.path("quiet-reportt.txt.zst")))
    let refresh = try #require(recording.events.first { $0.kind == .lockedRefresh })
    #expect(refresh.time.rawValue == 114_269_526_118)
    #expect(refresh.cpu == 3)
    #expect(refresh.pid == 342)
    #expect(refresh.gpc?.rawValue == 0xff52_9c43_c189_6668)
    #expect(refresh.kvm?.rawValue == 0xff52_9c43_c188_d000)
    #expect(refresh[.gpa] == 0x10000)
    #expect(refresh[.uhva] == 0xff28_c2e5_c000_0000)
    #expect(refresh[.oldGpa] == .max)
    #expect(refresh[.generation] == 0)
    #expect(refresh[.slotsGeneration] == 2)
    #expect(refresh[.active] == 1)
    #expect(refresh[.valid] == 0)
    #expect(refresh[.pfn] == nil)
  }

  @Test func theTracepointNamesItsRangeInBothWordings() throws {
    for name in ["quiet-reportt", "quiet-reportR"] {
      let recording = try Recording(.file(path: Fixture.path("\(name).txt.zst")))
      let unmap = try #require(recording.events.first { $0.kind == .kvmUnmapHvaRange })
      #expect(unmap[.start] == 0x7f25_10f9_1000)
      #expect(unmap[.end] == 0x7f25_10f9_4000)
    }
  }

  @Test func theSameNameMeansAnotherFunctionOnLinux61() throws {
    let recording = try Recording(.file(path: Fixture.path("61xen-overlap-cut.txt.zst")))
    let refresh = try #require(recording.events.first { $0.kind == .gfnToPfnCacheRefresh })
    #expect(recording.events.allSatisfy { $0.kind != .gpcRefresh })
    #expect(refresh[.gpa] == 0x10000)
    #expect(refresh[.oldGpa] == 0)
    let check = try #require(recording.events.first { $0.kind == .gpcCheck })
    #expect(check[.gpa] == 0x20000)
    #expect(check[.oldGpa] == 0x20000)
  }

  @Test func readsDecimalAddressesOfDefaultProbes() throws {
    let recording = try Recording(.file(path: Fixture.path("defnames2-overlap-cut.txt.zst")))
    let start = try #require(recording.events.first { $0.kind == .mnInvalidateRangeStart })
    #expect(start[.start] == 140_690_463_916_032)
    #expect(start[.end] == 140_690_472_304_640)
    #expect(start[.mnEvent] == 2)
    #expect(recording.events.contains { $0.kind == .gpcRefreshRet && $0.ret == -14 })
  }

  @Test func lossStandsInSequence() throws {
    let recording = try Recording(.file(path: Fixture.path("storm-lossy-cut.txt.zst")))
    let losses = recording.events.filter { $0.kind == .lostEvents }
    #expect(losses.map(\.id) == [12, 378])
    #expect(losses.map(\.cpu) == [0, 0])
    #expect(losses.map { $0[.len] } == [nil, 160])
    #expect(recording.events.map(\.id) == Array(2...442))
  }

  @Test func hashNamesTheFileAsItStands() throws {
    let reader = try TraceReader(.file(path: Fixture.path("quiet-reportt.txt.zst")))
    var batch: [RecordedEvent] = []
    while try reader.read(into: &batch) {}
    var hasher = ContentHash.Hasher()
    let packed = try Fixture.packed("quiet-reportt.txt.zst")
    packed.withUnsafeBytes { hasher.update($0) }
    #expect(reader.facts.contentHash == hasher.finish().description)
    #expect(reader.bytesRead == Int64(packed.count))
    #expect(reader.totalBytes == Int64(packed.count))
  }

  @Test(arguments: [1, 7, 761, 762, 5000])
  func batchesHoldWhatTheyAreAskedFor(size: Int) throws {
    var options = TraceReadOptions()
    options.batchSize = size
    let reader = try TraceReader(.file(path: Fixture.path("quiet-reportt.txt.zst")), options: options)
    var sizes: [Int] = []
    var batch: [RecordedEvent] = []
    while try reader.read(into: &batch) { sizes.append(batch.count) }
    #expect(sizes.dropLast().allSatisfy { $0 == size })
    #expect(sizes.reduce(0, +) == 761)
    #expect(batch.isEmpty)
    #expect(try !reader.read(into: &batch))
  }
}

// Bad input: counted by kind, kept with line and reason, and the rest of the trace is still used.

import KVMEvents
import Testing

@testable import TraceReaders

@Suite struct DirtyInputTests {
  private static func event(_ tail: String, comm: String = "        workload", time: String = "114.252766486") -> String
  {
    "\(comm)-342   [003]   \(time): \(tail)"
  }

  private static let good = event("gpc_unmap: (ff) kvm=0xff529c43c188d000 gpc=0xff529c43c1896668")
  private static let range = "mn=0xff4c55adc1b4ea48 mm=0xff271625018b0000"

  /// A text with the line between two good ones.
  private func read(_ line: String, options: TraceReadOptions = TraceReadOptions()) throws -> Recording {
    let after = Self.good.replacing("114.252766486", with: "114.252766487")
    let before = Self.good.replacing("114.252766486", with: "114.252766485")
    return try Recording("cpus=4\n\(before)\n\(line)\n\(after)\n", options: options)
  }

  @Test(
    arguments: [
      ("what is this", .badLine),
      (event("gpc_unmap: (ff) kvm=0xff529c43c188d000"), .missingField),
      (event("gpc_unmap:"), .missingField),
      (event("gpc_unmap: (ff) kvm=0xff529c43c188d000 gpc=zebra"), .badField),
      (event("gpc_unmap: (ff) kvm=0xff529c43c188d000 gpc=0xff529c43c18966680"), .badField),
      (event("gpc_unmap: (ff) kvm=0xff529c43c188d000 gpc=99999999999999999999999"), .badField),
      (event("gpc_unmap: (ff) kvm=0xff529c43c188d000 gpc=(fault)"), .badField),
      (event("gpc_unmap: (ff) kvm=0xff529c43c188d000 gpc=0xff529c43c1896668 rubbish"), .badField),
      (event("gpc_unmap: (ff) kvm=0xff529c43c188d000 gpc=0x0"), .badPointer),
      (event("gpc_unmap: (ff) kvm=0x00000000abcdef12 gpc=0xff529c43c1896668"), .badPointer),
      (event("mn_invalidate_range: (ff) \(range) start=0x2000 end=0x1000"), .endBelowStart),
      (event("kvm_unmap_hva_range: mmu notifier unmap range: 0x2000 -- 0x1000"), .endBelowStart),
      (event("kvm_unmap_hva_range: mmu notifier unmap range: 0x2000 -- zebra"), .badField),
      (event("gpc_unmap: (ff) kvm=0xff529c43c188d000 gpc=0xff529c43c1896668", time: "114.252766484"), .timeWentBack),
      (good.replacing("486", with: "485"), .duplicateLine),
      (event("sched_switch: a ==> b"), .unknownEvent),
      (good + "\r", .carriageReturn),
      (good.replacing("  workload", with: "wo\0rkload "), .nulByte),
      (String(repeating: "x", count: 10_000_000), .longLine),
      (
        event(
          "gpc_check: (ff) gpc=0xff529c43c1896668 len=16 kvm=0xff529c43c188d000 gpa=0x1 uhva=0x1 gen=2 slotsgen=2 active=2 valid=1"
        ), .badField
      ),
    ] as [(String, ImportIssueKind)])
  func isCountedAndTheRestIsUsed(line: String, kind: ImportIssueKind) throws {
    let recording = try read(line)
    #expect(recording.counts[kind] == 1)
    #expect(recording.issues.map(\.line) == [3])
    #expect(recording.issues.allSatisfy { $0.kind == kind && !$0.reason.isEmpty && $0.excerpt.utf8.count < 300 })
    #expect(recording.events.first?.id == 2)
    #expect(recording.events.last?.id == 4)
    #expect(recording.lines == 4)
  }

  /// An event with its head is delivered, with what is usable of it: the replay knows that its context went on.
  @Test func anEventWithABadFieldIsDelivered() throws {
    let recording = try read(Self.event("gpc_unmap: (ff) kvm=0xff529c43c188d000 gpc=zebra"))
    let event = recording.events[1]
    #expect(event.kind == .gpcUnmap)
    #expect(event.kvm?.rawValue == 0xff52_9c43_c188_d000)
    #expect(event.gpc == nil)
  }

  @Test func aHashedPointerStillNamesItsObject() throws {
    let recording = try read(Self.event("gpc_unmap: (ff) kvm=0x00000000abcdef12 gpc=0x0"))
    #expect(recording.events[1].kvm?.rawValue == 0xabcd_ef12)
    #expect(recording.events[1].gpc == nil)
    #expect(recording.counts == [.badPointer: 1])
  }

  /// Two checks of one thread within a microsecond look alike; the kernel truncates, trace-cmd rounds.
  @Test(arguments: ["[003]   114.252766", "[003] .....   114.252766"])
  func equalNeighboursInMicrosecondsAreTwoEvents(stamp: String) throws {
    let line =
      "        workload-342   \(stamp): gpc_check: (ff) gpc=0xff529c43c1896668 len=16 kvm=0xff529c43c188d000 gpa=0x1 uhva=0x1 gen=2 slotsgen=2 active=1 valid=1\n"
    let recording = try Recording("cpus=4\n\(line)\(line)\(line)")
    #expect(recording.events.map(\.id) == [2, 3, 4])
    #expect(recording.counts == [.microseconds: 1, .duplicateLine: 2])
  }

  /// Pasted, these would be an invalidation and a round more than there were.
  @Test(arguments: [
    "gpc_invalidate_start: (ff) kvm=0xff529c43c188d000 start=0x1000 end=0x2000",
    "gpc_retry_check: (ff) gpc=0xff529c43c1896668 kvm=0xff529c43c188d000 uhva=0x1 pfn=0x1 mmu_seq=0 active_inv=0 seq=0",
  ])
  func aStepThatStandsTwiceIsInDoubt(tail: String) throws {
    let line = "        workload-342   [003]   114.252766: \(tail)\n"
    let recording = try Recording("cpus=4\n\(line)\(line)")
    #expect(recording.events.map(\.id) == [2, 3])
    #expect(recording.counts == [.microseconds: 1, .doubledStep: 1])
    #expect(ImportIssueKind.doubledStep.doubt == .repetition)
  }

  @Test func aDuplicateIsDeliveredOnce() throws {
    let recording = try read([Self.good, Self.good, Self.good].joined(separator: "\n"))
    #expect(recording.events.map(\.id) == [2, 3, 6])
    #expect(recording.counts == [.duplicateLine: 2])
    #expect(recording.names.first?.count == 3)
  }

  @Test func theFirstTenOfAKindAreKept() throws {
    let recording = try read(repeatElement("what is this", count: 100).joined(separator: "\n"))
    #expect(recording.counts == [.badLine: 100])
    #expect(recording.issues.map(\.line) == Array(3...12))
    #expect(recording.issues.first?.excerpt == "what is this")
  }

  @Test func unknownEventsAreNamedOnceAndCounted() throws {
    let lines = (0..<5).map { Self.event("sched_switch: \($0)") } + [Self.event("kvm_exit: reason")]
    let recording = try read(lines.joined(separator: "\n"))
    #expect(recording.counts == [.unknownEvent: 2])
    #expect(recording.events.count == 2)
    #expect(recording.names.map(\.name) == ["gpc_unmap", "sched_switch", "kvm_exit"])
    #expect(recording.names.map(\.count) == [2, 5, 1])
    #expect(recording.names.map(\.kind) == [.gpcUnmap, nil, nil])
    var options = TraceReadOptions()
    options.keepsUnknown = true
    #expect(try read(lines.joined(separator: "\n"), options: options).events.count == 8)
  }

  @Test func aCommKeepsItsBytes() throws {
    let comm: [UInt8] = [0x61, 0xff, 0x0d, 0x00, 0x62]
    let line = [UInt8](repeating: 0x20, count: 11) + comm + Array(Self.good.utf8.dropFirst(16))
    let recording = try Recording(Array("cpus=4\n".utf8) + line + [10])
    #expect(recording.tasks.map(\.comm) == [comm])
    #expect(recording.counts == [.invalidUTF8: 1, .carriageReturn: 1, .nulByte: 1])
    #expect(recording.events.count == 1)
  }

  @Test func aTextWithCRLFIsTheSameTrace() throws {
    let text = try Fixture.text("quiet-reportt.txt.zst")
    let crlf = text.flatMap { $0 == 10 ? [13, 10] : [$0] }
    let recording = try Recording(crlf)
    #expect(try recording.lines() == Recording(text).lines())
    #expect(recording.counts == [.carriageReturn: 762])
  }

  @Test func theLastLineNeedsNoNewline() throws {
    #expect(try Recording("cpus=4\n\(Self.good)").events.count == 1)
  }

  /// Cut off in a pointer, it would be another VM's; packed, such a line is dropped.
  @Test(arguments: [5, 24, 60]) func aLastLineThatIsCutOffMarksTheText(missing: Int) throws {
    let cut = try Recording("cpus=4\n\(Self.good)\n\(Self.good.dropLast(missing))")
    #expect(cut.incomplete == "the text ends inside a line; what stands there was read")
    #expect(cut.counts[.truncated] == 1)
    // The same line in the middle is a line that somebody wrote so.
    #expect(try Recording("cpus=4\n\(Self.good.dropLast(missing))\n\(Self.good)").incomplete == nil)
  }

  /// Linux has 8,192 CPUs at most. What is wrong is said of the CPU, in every form.
  @Test(
    arguments: [
      ("        workload-342   [001]   114.252766486: gpc_init: (ff) gpc=0xff", "[001]", "[%]"),
      ("workload-342     1d..2.   114.252766486: gpc_init: (ff) gpc=0xff", "1d..2.", "%d..2."),
      ("        workload-1059    [001] .....   381.249433: gpc_init: (ff) gpc=0xff", "[001]", "[%]"),
      ("        workload  1340 [001]   522.062749:      gpc:gpc_init: (ff) gpc=0xff", "[001]", "[%]"),
      ("gpc v1 570893288874 1 1376 gpc_init gpc=0xff", " 1 ", " % "),
    ], ["8192", "2147483647", "2147483648", "18446744073709551616"])
  func aCPUOutOfRangeIsSaidToBeOne(line: (good: String, cpu: String, place: String), number: String) throws {
    let bad = line.good.replacing(line.cpu, with: line.place.replacing("%", with: number))
    let recording = try Recording("\(line.good)\n\(line.good.replacing("gpc=0xff", with: "gpc=0xfe"))\n\(bad)\n")
    #expect(recording.events.map(\.cpu) == [1, 1])
    let issue = try #require(recording.issues.first { $0.kind == .badLine })
    #expect(issue.line == 3 && issue.reason == "a CPU number above 8191, the last that Linux can have")
  }

  @Test func notesAreNoBadLines() throws {
    let notes = [
      "version = 6", "CPU 2 is empty", "CPU:1 [SUBBUFFER START]", "", "   ", " => kvm_gpc_refresh (ffffffffc07eafa4)",
      "=> ffffffffc07eafa4",
    ]
    #expect(try read(notes.joined(separator: "\n")).counts == [:])
  }

  @Test func everyCutOfALineIsSaidOrReadWithoutHarm() throws {
    let line = Self.good
    for length in 0..<line.utf8.count {
      let recording = try read(String(line.prefix(length)))
      #expect(recording.events.count >= 2)
      // A number cut short cannot be told from a small one, a pointer can.
      let isSaid = !recording.counts.isEmpty
      #expect(isSaid || length <= 8 || recording.events.count == 3, "cut at \(length)")
    }
  }

  /// The same mutations each run: bytes changed, taken out and doubled all over a real trace.
  @Test func randomDamageNeverStopsTheReader() throws {
    let text = try Array(Fixture.text("quiet-reportt.txt.zst").prefix(20_000))
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    func random(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % below
    }
    for _ in 0..<200 {
      var bytes = text
      for _ in 0..<random(60) {
        let place = 7 + random(bytes.count - 8)
        switch random(4) {
        case 0: bytes[place] = UInt8(random(256))
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(bytes[random(bytes.count)], at: place)
        case _: bytes.removeSubrange(place..<min(place + random(40), bytes.count))
        }
      }
      let recording = try Recording(bytes)
      #expect(recording.events.count > 30)
      #expect(recording.events.allSatisfy { $0.task >= 0 || $0.kind == .lostEvents })
    }
  }
}

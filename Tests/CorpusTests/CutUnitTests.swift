// The parts of a cut: units, the search over them, other names, the layout of each form.

import Corpus
import Foundation
import KVMEvents
import RealBinary
import Renderings
import Testing
import TraceReaders

@Suite struct CutUnitTests {
  /// The clock `local`.
  private static let order = MomentOrder(deltaNs: 1000)

  private static func events(_ trace: CorpusTrace) throws -> ([RecordedEvent], [EventName]) {
    try events(path: trace.trace.path)
  }

  private static func events(path: String) throws -> ([RecordedEvent], [EventName]) {
    let reader = try TraceReader(.file(path: path))
    var events: [RecordedEvent] = []
    var batch: [RecordedEvent] = []
    while try reader.read(into: &batch) { events += batch }
    return (events, reader.names)
  }

  /// Each event in exactly one unit; what a unit needs begins before it.
  @Test(arguments: ["overlap", "61xen-lifecycle", "storm-lossy", "odd-comms", "two-vms", "defnames2-overlap"])
  func unitsPartTheRecording(name: String) throws {
    let (events, names) = try Self.events(CorpusTrace(name))
    var builder = UnitBuilder(names: names, order: Self.order)
    builder.consume(events)
    let all = builder.finish()
    let lines = all.units.flatMap(\.lines) + all.losses
    #expect(lines.sorted() == events.map(\.id))
    for (index, unit) in all.units.enumerated() {
      #expect(!unit.needs.contains(index) && unit.lines == unit.lines.sorted())
      for need in unit.needs {
        #expect(try #require(all.units[need].hull).lowerBound < #require(unit.hull).lowerBound)
      }
    }
    if name == "overlap" {
      #expect(all.units.count { $0.kind == .invalidation } == 139 && all.units.allSatisfy(\.isWhole))
      #expect(all.units.count { $0.kind == .round } == 2186 - 87 - 17)
      #expect(all.units.count { $0.kind == .check } == 503)
      #expect(all.units.count { $0.kind == .refresh || $0.kind == .activation } == 109)
    }
  }

  /// What began before a gap and ended behind it may be two: no such unit is whole, but for what a round behind the gap
  /// names again. Four gaps, and in the middle of each a storm of calls.
  @Test func nothingIsWholeAcrossAGap() throws {
    let (events, names) = try Self.events(CorpusTrace("storm-lossy"))
    var builder = UnitBuilder(names: names, order: Self.order)
    builder.consume(events)
    let all = builder.finish()
    #expect(all.losses.count == 4)
    for unit in all.units where unit.isWhole && unit.kind != .refresh && unit.kind != .activation {
      let hull = try #require(unit.hull)
      #expect(!all.losses.contains { hull.contains($0) }, "\(unit)")
    }
    // A refresh without its begin leaves no round behind that looks whole.
    for unit in all.units where unit.kind == .round && unit.isWhole {
      #expect(all.units[unit.needs[0]].isWhole)
    }
  }

  /// dwmw2-v2 walks in the end hook, 7 times in this recording (`grep -c gpc_invalidate_start:`).
  @Test func aWalkInTheEndHookIsOfItsInvalidation() throws {
    let path = CorpusTrace.root.appending(path: "Tests/EvidenceTests/Recordings/dwmw2-v2-gap.txt.zst").path
    let (events, names) = try Self.events(path: path)
    var builder = UnitBuilder(names: names, order: Self.order)
    builder.consume(events)
    let walks = Set(events.filter { $0.kind == .gpcInvalidateStart }.map(\.id))
    let units = builder.finish().units.filter { $0.kind == .invalidation }
    #expect(walks.count == 7 && units.count == 7)
    #expect(units.allSatisfy { $0.isWhole && walks.intersection($0.lines).count == 1 })
  }

  /// Eight checks; the finding is there as long as two of them are, and the activation that they need.
  @Test func theSearchEndsWhereNothingCanGo() throws {
    let (events, names) = try Self.events(CorpusTrace("quiet"))
    var builder = UnitBuilder(names: names, order: Self.order)
    builder.consume(events)
    let all = builder.finish()
    let checks = all.units.indices.filter { all.units[$0].kind == .check }.prefix(8)
    let wanted = Set([checks[2], checks[5]].flatMap { all.units[$0].lines })
    let candidates = CutCandidates(Set(all.units.indices), of: all, events: events)
    var asked = 0
    let judge = { (left: [RecordedEvent]) in
      asked += 1
      return wanted.isSubset(of: left.map(\.id))
    }
    var search = CutSearch(candidates, mayGoOn: { _ in true }, judge: judge)
    search.run()
    #expect(search.isMinimal && search.candidateCount == asked)
    let left = Set(candidates.events(of: search.chosen).map(\.id))
    #expect(left == Set(all.closure([checks[2], checks[5]]).flatMap { all.units[$0].lines }))

    var short = CutSearch(candidates, mayGoOn: { $0.candidateCount < 3 }, judge: { _ in false })
    short.run()
    #expect(!short.isMinimal && short.candidateCount == 3 && short.chosen == candidates.all)
  }

  /// What was dropped behind the first line that is kept stays dropped; of several losses with nothing between them one
  /// is enough.
  @Test func lossesStay() throws {
    let (events, names) = try Self.events(CorpusTrace("storm-lossy"))
    var builder = UnitBuilder(names: names, order: Self.order)
    builder.consume(events)
    let all = builder.finish()
    let candidates = CutCandidates(Set(all.units.indices), of: all, events: events)
    var ends = [Bool](repeating: false, count: candidates.units.count)
    ends[0] = true
    ends[ends.count - 1] = true
    let left = candidates.events(of: ends)
    let losses = left.filter { $0.kind == .lostEvents }
    let last = try #require(candidates.units.last?.lines.last)
    #expect(Set(losses.map(\.cpu)) == Set(events.filter { $0.kind == .lostEvents && $0.id < last }.map(\.cpu)))
    #expect(losses.count == Set(losses.map(\.cpu)).count)
    #expect(left.map(\.id) == left.map(\.id).sorted())
  }

  /// From what is cited to the recording, torn operations and later ones at last.
  @Test func thePlanEndsWithTheRecording() throws {
    let (events, names) = try Self.events(CorpusTrace("storm-lossy"))
    var builder = UnitBuilder(names: names, order: Self.order)
    builder.consume(events)
    let all = builder.finish()
    let checks = all.units.filter { $0.kind == .check && $0.isWhole }
    let middle = try #require(checks[checks.count / 2].hull)
    let plan = try #require(CutPlan(all, cited: Set([middle.lowerBound]), stretch: nil))
    var cuts: [Set<Int>] = []
    while let cut = plan.cut(cuts.count) { cuts.append(cut) }
    #expect(cuts.last == Set(all.units.indices) && !all.units.allSatisfy(\.isWhole))
    for cut in cuts.dropLast() {
      #expect(
        cut.allSatisfy { index in
          all.units[index].isWhole && all.units[index].hull.map { $0.lowerBound <= middle.upperBound } == true
        })
    }
    #expect(plan.cut(cuts.count) == nil && plan.cut(cuts.count + 1) == nil)
  }

  /// Real kernels tell one story, as far as it is told.
  @Test(arguments: ["overlap", "storm", "lifecycle", "61xen-overlap", "storm-lossy", "two-vms"])
  func realRecordingsAreConsistent(name: String) throws {
    var trail = ValidityTrail(order: Self.order)
    trail.consume(try Self.events(CorpusTrace(name)).0)
    let contradictions = trail.finish()
    #expect(contradictions.isEmpty, "\(contradictions.sorted().prefix(3))")
  }

  /// Without the invalidation that cleared `valid`, the refresh behind it has no reason.
  @Test func aMissingInvalidationShows() throws {
    let events = try Self.events(CorpusTrace("overlap")).0
    var trail = ValidityTrail(order: Self.order)
    let hooks: Set<EventKind> = [
      .mnInvalidateRangeStart, .gpcInvalidateStart, .mnInvalidateRangeStartRet, .mnInvalidateRangeEnd,
      .mnInvalidateEndKvm, .mnInvalidateRangeEndRet,
    ]
    trail.consume(events.filter { !hooks.contains($0.kind) })
    #expect(!trail.finish().isEmpty)
  }

  /// Without the refreshes that failed, an error pfn has no reason.
  @Test func aMissingFailureShows() throws {
    let events = try Self.events(CorpusTrace("overlap")).0
    var trail = ValidityTrail(order: Self.order)
    trail.consume(Self.withoutFailedRefreshes(events))
    #expect(!trail.finish().isEmpty)
  }

  /// Nor does it hide behind hooks whose VM nothing tells before the recording ends.
  @Test func aMissingFailureShowsWithoutWalks() throws {
    let events = try Self.events(CorpusTrace("overlap")).0
    var trail = ValidityTrail(order: Self.order)
    trail.consume(
      Self.withoutFailedRefreshes(events).filter { $0.kind != .gpcInvalidateStart && $0.kind != .mnInvalidateEndKvm })
    #expect(!trail.finish().isEmpty)
  }

  /// All that their threads did from their entries to their returns.
  private static func withoutFailedRefreshes(_ events: [RecordedEvent]) -> [RecordedEvent] {
    var running: [Int32: [EventID]] = [:]
    var left: Set<EventID> = []
    for event in events {
      if event.kind == .lockedRefresh { running[event.pid] = [] }
      running[event.pid]?.append(event.id)
      guard event.kind == .lockedRefreshRet, let lines = running.removeValue(forKey: event.pid) else { continue }
      if event.ret == -14 { left.formUnion(lines) }
    }
    return events.filter { !left.contains($0.id) }
  }

  @Test func lineRanges() {
    #expect(LineRanges([40, 12, 13, 14, 1, 12]).description == "1,12-14,40")
    #expect(LineRanges([]).description == "")
  }
}

@Suite struct AnonymiserTests {
  private static func rewritten(_ lines: [String]) -> [String] {
    let bytes = lines.map { Array($0.utf8) }
    var anonymiser = Anonymiser(bytes)
    return bytes.map { String(decoding: anonymiser.rewrite($0), as: UTF8.self) }
  }

  /// A line of each form of trace-cmd and tracefs, and what becomes of it.
  private static let layouts: [(line: String, becomes: String)] = [
    (
      "        workload-537   [001]   203.076771274: gpc_init:             (ffffffffc07eafa4) gpc=0xff529c43c1d8e668 kvm=0xff529c43c1d85000",
      "          task-1-1001  [001]     1.000000000: gpc_init:             (ffffffffc0200000) gpc=0xff11000100009668 kvm=0xff11000100000000"
    ),
    (
      "        workload-1234567 [001] 12345.076771: hva_to_pfn:            __probe_ip=ffffffffc07e1d34 addr=0x7f6185c10123 write=1",
      "          task-1-1001  [001]     1.000000: hva_to_pfn:            __probe_ip=ffffffffc0200000 addr=0x100005c10123 write=1"
    ),
    (
      "kworker/-212     3d..1.   203.188381: hva_to_pfn_ret:       (ffffffffc07e1d34 <- ffffffffad7fa9c5) pfn=0x1fc805",
      "  task-1-1001    3d..1.     1.000000: hva_to_pfn_ret:       (ffffffffc0200000 <- ffffffff81000000) pfn=0x200005"
    ),
    (
      "kvmgpc:            <...>-275   [001]    59.503075786: kvm_unmap_hva_range:  mmu notifier unmap range: 0x007efdda010000 -- 0x007efdda011000",
      "b1:            <...>-1001  [001]     1.000000000: kvm_unmap_hva_range:  mmu notifier unmap range: 0x0010001a010000 -- 0x0010001a011000"
    ),
    (
      "          evtchn-265   [000] 27236053996: p_hva_to_pfn_0:       (ffffffffc0959d34) addr=140690514313216 atomic=0",
      "          task-1-1001  [000]  1000000000: p_hva_to_pfn_0:       (ffffffffc0200000) addr=17592456642560 atomic=0"
    ),
    (
      "          <idle>-0     [003] d.h1.   203.1: x", "          <idle>-0     [003] d.h1.   203.1: x"
    ),
    (
      "          <idle>-0     [003] d.h1.   203.000000001: gpc_refresh_ret:      (ffffffffc07e1d34 <- ffffffffc07e1d38) ret=-14",
      "          <idle>-0     [003] d.h1.     1.000000000: gpc_refresh_ret:      (ffffffffc0200000 <- ffffffffc0201000) ret=-14"
    ),
    (
      "        workload-537   [001]   203.076771274: print:                tracing_mark_write: host.example says hello",
      "          task-1-1001  [001]     1.000000000: print:                text"
    ),
    (
      "        workload-1081    (   1079) [002] .....   398.321397: gpc_init: (kvm_gpc_init+0x4/0x70 [kvm]) gpc=0xff72fe1802832668 kvm=0xff72fe1802829000",
      "          task-1-1001    (   1002) [002] .....     1.000000: gpc_init: (kvm_gpc_init+0x4/0x70 [kvm]) gpc=0xff11000100009668 kvm=0xff11000100000000"
    ),
    (
      "        workload-1081    (-------) [002] .....   398.321397: hva_to_pfn: (hva_to_pfn+0x4/0x4e0 [kvm]) addr=0x7f6185c10123 write=1",
      "          task-1-1001    (-------) [002] .....     1.000000: hva_to_pfn: (hva_to_pfn+0x4/0x4e0 [kvm]) addr=0x100005c10123 write=1"
    ),
    ("CPU:3 [EVENTS DROPPED]", "CPU:3 [EVENTS DROPPED]"), ("host.dat: cpus=4", "b1: cpus=4"), ("cpus=4", "cpus=4"),
  ]

  @Test(arguments: layouts.indices) func keepsTheLayout(index: Int) {
    let (line, becomes) = Self.layouts[index]
    #expect(Self.rewritten([line]) == [becomes])
  }

  @Test func differencesAreToTheLineBefore() {
    let lines = [
      "        workload-537   [001]   203.000000100: (+99)    gpc_check_ret:        (ffffffffc07e1d34 <- ffffffffc07e1d38) ret=1",
      "        workload-537   [001]   203.000001300: (+1)     gpc_check_ret:        (ffffffffc07e1d34 <- ffffffffc07e1d38) ret=1",
    ]
    let new = Self.rewritten(lines)
    #expect(new[0].contains("1.000000000:          gpc_check_ret: "))
    #expect(new[1].contains("1.000001200: (+1200)  gpc_check_ret: "))
  }

  /// Any two events are ordered as before, and known to be so as before.
  @Test(arguments: [0, 1, 999, 1000, 5000] as [Int64]) func coarseTimesKeepTheOrder(uncertainty: Int64) {
    var random = SystemRandomNumberGenerator()
    let gaps: [Int64] = [0, 1, uncertainty, uncertainty + 1, 2 * uncertainty, 1_000_000, 123_456_789]
    var time: Int64 = 203_000_000_000
    let times = (0..<60).map { _ in
      time += gaps.randomElement(using: &random) ?? 0
      return time
    }
    let lines = times.shuffled(using: &random).map { time in
      let fraction = String(time % 1_000_000_000)
      let digits = String(repeating: "0", count: 9 - fraction.count) + fraction
      return Array("        workload-537   [001]   \(time / 1_000_000_000).\(digits): gpc_check_ret: (f) ret=1".utf8)
    }
    func stamps(_ lines: [[UInt8]]) -> [Int64] {
      lines.map { line in
        let stamp = String(decoding: line, as: UTF8.self).split(separator: " ")[2].dropLast().split(separator: ".")
        return (Int64(stamp[0]) ?? 0) * 1_000_000_000 + (Int64(stamp[1]) ?? 0)
      }
    }
    var anonymiser = Anonymiser(lines, uncertainty: uncertainty)
    let (old, new) = (stamps(lines), stamps(lines.map { anonymiser.rewrite($0) }))
    #expect(new.min() == 1_000_000_000)
    for first in old.indices {
      for second in old.indices {
        let (was, now) = (old[first] - old[second], new[first] - new[second])
        #expect(was.signum() == now.signum() && (was > uncertainty) == (now > uncertainty), "\(old) \(new)")
      }
    }
    // What is left of the times is how many steps there are.
    let differences = Set(zip(new.sorted(), new.sorted().dropFirst()).map { $1 - $0 }.filter { $0 > uncertainty })
    #expect(differences.count <= 1)
  }

  /// "None" stays none: no address of a guest, of an error page, or of nothing is touched, and PAGE_OFFSET stays in the
  /// kernel half.
  @Test func whatIsNoAddressStays() throws {
    let line =
      "        workload-537   [001]   203.076771274: __gpc_refresh:        (ffffffffc07ea7f0) gpc=0xffff9c43c1d8e668 gpa=0x10000 "
      + "uhva=0xffff88a0c0000000 kvm=0xffff9c43c1d85000 old_gpa=0xffffffffffffffff old_uhva=0x0 gen=0 slotsgen=2 active=1 valid=0"
    let new = try #require(Self.rewritten([line]).first)
    #expect(new.contains("gpc=0xffff888100009668 gpa=0x10000 uhva=0xffff888000000000 kvm=0xffff888100000000 "))
    #expect(new.hasSuffix(" old_gpa=0xffffffffffffffff old_uhva=0x0 gen=0 slotsgen=2 active=1 valid=0"))
    let error =
      "        workload-537   [001]   203.076771274: hva_to_pfn_ret:       (ffffffffc07e1d34 <- ffffffffc07ea9c5) pfn=0x7ff0000000000000"
    #expect(Self.rewritten([error])[0].hasSuffix("pfn=0x7ff0000000000000"))
  }

  /// A program that is not relocated lies far below its mappings: the order stays, and the user's half of the
  /// addresses.
  @Test func userAddressesStayInTheirHalf() throws {
    let line =
      "        workload-537   [001]   203.076771274: gpc_invalidate_start: (ffffffffc07ead84) kvm=0xff529c43c1d85000 "
      + "start=0x400123 end=0x7fc148410000"
    let new = try #require(Self.rewritten([line]).first)
    #expect(new.hasSuffix("start=0x100000400123 end=0x110048410000"))
  }

  /// Whole recordings in each form of trace-cmd: the same events with the same relations, and no line that does not
  /// read.
  @Test(arguments: [nil, .flags, .eventType, .buffers, .timeDifference, .rawStamps, .rawStampsFlags] as [Rendering?])
  func everyFormStaysOne(rendering: Rendering?) throws {
    let text = try CorpusTrace("two-vms").text
    let lines = (rendering.map { $0.of(text) } ?? text).split(separator: 0x0a).prefix(4000).map { Array($0) }
    var anonymiser = Anonymiser(lines)
    let new = lines.map { anonymiser.rewrite($0) }
    let folder = try TemporaryFolder()
    func read(_ name: String, _ lines: [[UInt8]]) throws -> ([RecordedEvent], TraceReader) {
      let file = try folder.write(name, lines.flatMap { $0 + [0x0a] })
      let reader = try TraceReader(.file(path: file.path))
      var events: [RecordedEvent] = []
      var batch: [RecordedEvent] = []
      while try reader.read(into: &batch) { events += batch }
      return (events, reader)
    }
    let (old, oldReader) = try read("old", lines)
    let (events, reader) = try read("new", new)
    #expect(reader.issueCounts == oldReader.issueCounts && reader.facts.format == oldReader.facts.format)
    #expect(events.map(\.id) == old.map(\.id) && events.map(\.kind) == old.map(\.kind))
    let begin = try #require(old.first).time.rawValue
    for (event, before) in zip(events, old) {
      #expect(event.time.rawValue - 1_000_000_000 == before.time.rawValue - begin && event.cpu == before.cpu)
      for field in EventField.allCases {
        let (value, was) = (event[field], before[field])
        #expect((value == nil) == (was == nil) && (value ?? 0) % 4096 == (was ?? 0) % 4096 || field == .pfn)
        #expect((value ?? 0) >> 63 == (was ?? 0) >> 63)
      }
      if let range = event.range, let former = before.range {
        #expect(range.end.rawValue - range.start.rawValue == former.end.rawValue - former.start.rawValue)
      }
    }
    // One name for one thing, and another for another.
    for field in [EventField.kvm, .gpc, .mn, .mm, .uhva, .start, .pfn] {
      let pairs = Set(
        zip(events, old).compactMap { event, before in
          event[field].flatMap { value in before[field].map { [value, $0] } }
        })
      #expect(pairs.count == Set(pairs.map { $0[0] }).count && pairs.count == Set(pairs.map { $0[1] }).count)
    }
    #expect(Set(zip(events, old).map { [$0.pid, $1.pid] }).count == Set(old.map(\.pid)).count)
    #expect(
      reader.tasks.allSatisfy {
        String(decoding: $0.comm, as: UTF8.self).hasPrefix("task-") || $0.comm.first == UInt8(ascii: "<")
      })
  }
}

// One recording in every form: the same events, whoever printed them.

import KVMEvents
import Renderings
import Testing

@testable import TraceReaders

@Suite struct RenderingTests {
  private static func report(_ name: String) throws -> [UInt8] {
    try Array(Fixture.text("\(name).txt.zst").split(separator: 10, maxSplits: 2_500).dropLast().joined(separator: [10]))
      + [10]
  }

  private func expectSame(_ rendering: Rendering, _ name: String, options: TraceReadOptions = TraceReadOptions()) throws
  {
    let report = try Self.report(name)
    let original = try Recording(report)
    let other = try Recording(rendering.of(report), options: options)
    let unit: Int64 = rendering.kept == .microseconds ? 1000 : 1
    #expect(
      other.lines(timeUnit: unit, truncated: true, withIDs: false)
        == original.lines(timeUnit: unit, truncated: true, withIDs: false))
    #expect(other.resolution == unit)
    #expect(other.counts.keys.allSatisfy { [.microseconds, .formLimit, .invalidUTF8].contains($0) }, "\(other.issues)")
  }

  @Test(arguments: Rendering.allCases, ["quiet-reportt", "overlap-reportt-cut"])
  func isTheSameEvents(rendering: Rendering, name: String) throws { try expectSame(rendering, name) }

  @Test(arguments: Rendering.allCases.filter { $0 != .perfScriptCallChains })
  func soItIsWithOddComms(rendering: Rendering) throws { try expectSame(rendering, "odd-comms-reportt") }

  @Test(arguments: Rendering.allCases)
  func lossStandsInItsPlace(rendering: Rendering) throws {
    let report = try Self.report("storm-lossy-cut")
    let original = try Recording(report)
    let other = try Recording(rendering.of(report))
    #expect(other.countsByName == original.countsByName)
    let places = { (recording: Recording) in
      recording.events.indices.filter { recording.events[$0].kind == .lostEvents }
    }
    if rendering != .bpftrace, rendering != .bpftraceJSON {
      #expect(places(other) == places(original))
      #expect(places(other).map { other.events[$0].cpu } == [0, 0])
    } else {
      #expect(places(other).map { other.events[$0].cpu } == [RecordedEvent.unknownCPU, RecordedEvent.unknownCPU])
    }
    #expect(places(other).last.map { other.events[$0][.len] } == 160)
  }

  /// Every place at which a block can end.
  @Test(arguments: Rendering.allCases, [1, 7, 64])
  func blocksOfEverySizeGiveTheSameEvents(rendering: Rendering, size: Int) throws {
    let text = try rendering.of(Array(Self.report("quiet-reportt").prefix(9_000)))
    var options = TraceReadOptions()
    options.blockSize = size
    #expect(try Recording(text, options: options).lines() == Recording(text).lines())
  }

  @Test(
    arguments: [
      (.flags, "trace-cmd report text, -t, flags column"), (.buffers, "trace-cmd report text, -t"),
      (.rawStamps, "trace-cmd report text, raw time stamps"), (.tracefs, "tracefs text (trace or trace_pipe), default"),
      (.tracefsNoFlags, "tracefs text (trace or trace_pipe), no flags columns"),
      (.perfScriptNsPidTid, "perf script text, --ns, pid/tid"), (.bpftrace, "bpftrace output, plain, gpc v1"),
      (.bpftraceJSON, "bpftrace output, JSON, gpc v1"),
    ] as [(Rendering, String)])
  func saysWhatItIs(rendering: Rendering, description: String) throws {
    #expect(try Recording(rendering.of(Self.report("quiet-reportt"))).description == description)
  }

  /// `trace-cmd report -i quiet.dat -i other.dat` begins so.
  @Test func theFirstLinesOfSeveralInputsAreNoDirt() throws {
    let text = "  quiet.dat: cpus=4\n  other.dat: cpus=12\n"
    let record =
      "  quiet.dat:         workload-268   [001]    64.981329006: gpc_init: (ff) gpc=0xff72fe1801732668 kvm=0xff72fe1801729000\n"
    let recording = try Recording(text + record)
    #expect(recording.counts == [:])
    #expect(recording.events.count == 1)
  }

  @Test func threadGroupsAreKept() throws {
    let recording = try Recording(Rendering.tracefsThreadGroup.of(Self.report("odd-comms-reportt")))
    #expect(recording.description == "tracefs text (trace or trace_pipe), TGID column")
    #expect(recording.tasks.contains { $0.tgid == $0.pid })
    #expect(recording.tasks.allSatisfy { $0.tgid == ($0.pid % 3 == 0 ? nil : $0.pid) })
  }
}

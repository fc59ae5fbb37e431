// tracefs' own text: loss at the begin, CPUs that begin late, comms with a newline, lines that are no events.

import KVMEvents
import Testing

@testable import TraceReaders

extension String {
  fileprivate func padding(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

@Suite struct TracefsTests {
  private static func event(_ cpu: Int, _ time: Int, comm: String = "        workload") -> String {
    "\(comm)-1059    [00\(cpu)] .....   381.24\(9000 + time): gpc_init: (kvm_gpc_init+0x4/0x70 [kvm]) gpc=0xff72fe18027ea668 kvm=0xff72fe18027e1000\n"
  }

  private static func head(_ entries: String) -> String {
    "# tracer: nop\n#\n# entries-in-buffer/entries-written: \(entries)   #P:4\n#\n#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION\n"
  }

  private func losses(_ recording: Recording) -> [RecordedEvent] { recording.events.filter { $0.kind == .lostEvents } }

  /// The header's 5452 of 101,242: the sum of per_cpu_stats.txt's overruns is 95,790.
  @Test func aRingThatWasOverwrittenLostItsBegin() throws {
    let recording = try Recording(.file(path: Fixture.path("ftrace-storm-lossy-cut.txt.zst")))
    let losses = losses(recording)
    #expect(losses.map(\.cpu) == [RecordedEvent.unknownCPU, 0, 3, 2])
    #expect(losses.map { $0[.len] } == [95_790, nil, nil, nil])
    #expect(losses.map(\.id) == [3, 32, 1919, 2048])
    #expect(recording.counts == [.microseconds: 1])
  }

  /// A text is indented where it is quoted, and has the command above it where a terminal was copied; a pid of seven
  /// digits fills its column, so that the record looks like trace-cmd's.
  @Test(arguments: ["", "    "], [1059, 1_001_059])
  func lossesAreReadWhereTheTextIsQuoted(indent: String, pid: Int) throws {
    let record = Self.event(0, 1).replacing("-1059   ", with: "-\(pid)".padding(8))
    let other = Self.event(1, 2).replacing("-1059   ", with: "-\(pid)".padding(8))
    let text = Self.head("2/9") + record + "##### CPU 1 buffer started ####\n" + other + "CPU:1 [LOST 7 EVENTS]\n"
    for prompt in ["", "# cat trace\n", "$ cat trace\n"] {
      let lines = text.split(separator: "\n").map { "\(indent)\($0)\n" }.joined()
      let recording = try Recording(prompt + lines)
      #expect(recording.format == .tracefsText)
      #expect(losses(recording).map(\.cpu) == [RecordedEvent.unknownCPU, 1, 1])
      #expect(losses(recording).map { $0[.len] } == [7, nil, 7])
      #expect(recording.counts[.badLine] ?? 0 == (prompt.hasPrefix("$") ? 1 : 0), "the head is no dirt")
    }
  }

  /// Of trace_pipe, without a head, only the blanks behind the name tell the two forms apart; a loss is read in either.
  @Test func aPidOfSevenDigitsWithoutAHead() throws {
    let pipe = Self.event(0, 1).replacing("-1059    [", with: "-1001059 [")
    #expect(try Recording(pipe + pipe).format == .tracefsText)
    let report = pipe.replacing("gpc_init: (", with: "gpc_init:             (")
    let recording = try Recording(report + "##### CPU 1 buffer started ####\n" + report)
    #expect(recording.format == .traceCmdText && losses(recording).map(\.cpu) == [1])
  }

  @Test func aMarkerInFrontOfEverythingMayBeIndented() throws {
    let recording = try Recording("    CPU:2 [LOST 5 EVENTS]\n" + "    " + Self.event(0, 1))
    #expect(losses(recording).map(\.cpu) == [2])
    #expect(recording.counts == [.microseconds: 1])
  }

  /// "#a" on the first line of a comm's column is no remark of the head.
  @Test func aCommMayBeginLikeAHead() throws {
    let recording = try Recording(Self.event(0, 1) + Self.event(1, 2, comm: "            #a\nb"))
    #expect(recording.tasks.map { String(decoding: $0.comm, as: UTF8.self) } == ["workload", "#a\nb"])
  }

  @Test func aWholeRingLostNothing() throws {
    #expect(try losses(Recording(Self.head("2/2") + Self.event(0, 1) + Self.event(1, 2))).isEmpty)
  }

  /// `options/annotate` off: nothing says where CPU 1 begins.
  @Test func aCPUThatBeginsSilentlyGivesItsFirstEventToTheLoss() throws {
    let text = Self.head("4/9") + Self.event(0, 1) + Self.event(0, 2) + Self.event(1, 3) + Self.event(1, 4)
    let recording = try Recording(text)
    #expect(losses(recording).map(\.cpu) == [RecordedEvent.unknownCPU, 1])
    #expect(losses(recording).map(\.id) == [3, 8])
    #expect(recording.counts[.unannouncedLoss] == 1)
    #expect(recording.events.count == 5)
  }

  @Test(arguments: [("CPU:1 [LOST 7 EVENTS]", 7), ("CPU:1 [LOST EVENTS]", nil)] as [(String, UInt64?)])
  func theKernelsMarkersAreLosses(marker: String, count: UInt64?) throws {
    let recording = try Recording(Self.event(0, 1) + marker + "\n" + Self.event(1, 2))
    #expect(losses(recording).map(\.cpu) == [1])
    #expect(losses(recording).map { $0[.len] } == [count])
    #expect(recording.counts == [.microseconds: 1])
  }

  /// A thread called "new\nline" and one called "CPU:3 [LOST 7 E", recorded.
  @Test func realOddCommsAreWhole() throws {
    let recording = try Recording(.file(path: Fixture.path("ftrace-odd-comms-cut.txt.zst")))
    let comms = Set(recording.tasks.map { String(decoding: $0.comm, as: UTF8.self) })
    #expect(comms.isSuperset(of: ["new\nline", "CPU:3 [LOST 7 E"]))
    #expect(recording.counts.filter { $0.key != .invalidUTF8 } == [.microseconds: 1])
  }

  @Test(arguments: ["a\nb", "\n", "a\n\nb", "\n\n\n", "ends in one\n", "\nbegins", "x-1 [000]\n-2"])
  func newlinesInACommAreItsOwn(comm: String) throws {
    let column = String(repeating: " ", count: 16 - comm.utf8.count) + comm
    let recording = try Recording(Self.event(0, 1) + Self.event(1, 2, comm: column) + Self.event(0, 3))
    #expect(recording.events.count == 3)
    #expect(recording.tasks.map { String(decoding: $0.comm, as: UTF8.self) } == ["workload", comm])
    #expect(recording.counts == [.microseconds: 1])
  }

  @Test func aShortLineThatIsNoCommIsSaid() throws {
    let recording = try Recording(
      Self.event(0, 1) + Self.event(0, 1) + "what is this\n" + Self.event(0, 2) + Self.event(0, 3) + "and this\n")
    #expect(recording.counts == [.microseconds: 1, .badLine: 2, .duplicateLine: 1])
    #expect(recording.issues.filter { $0.kind == .badLine }.map(\.line) == [3, 6])
    #expect(recording.issues.filter { $0.kind == .badLine }.map(\.excerpt) == ["what is this", "and this"])
  }

  @Test func functionsAndStacksAreCountedAndNoEvents() throws {
    let stem = "        workload-1059    [002] .....   381.2495"
    let text =
      Self.event(0, 1) + "\(stem)01: kvm_gpc_check <-kvm_xen_set_evtchn_fast\n\(stem)02: <stack trace>\n"
      + " => kvm_gpc_check\n => [0xffffffff]\n" + "\(stem)03: tracing_mark_write: hello: there\n"
    let recording = try Recording(Self.head("4/4") + text)
    #expect(recording.names.map(\.name) == ["gpc_init", "function", "kernel_stack", "tracing_mark_write"])
    #expect(recording.names.map(\.count) == [1, 1, 1, 1])
    #expect(recording.events.count == 2)
    #expect(recording.counts == [.microseconds: 1, .unknownEvent: 2])
  }

  @Test func optionsFieldsPrintsEachValueTwice() throws {
    let line =
      "        workload-1059    [002] .....   381.249433: mn_invalidate_range_start_ret: __probe_func=0xffffffffc07e0354 (-1065483436) ret=0xfffffff2 (-14)\n"
    let recording = try Recording(Self.event(0, 1) + line)
    #expect(recording.events.last?.ret == -14)
    #expect(recording.counts == [.microseconds: 1])
  }

  @Test(arguments: [4096, 8191] as [Int32]) func aLargeMachinesCPUIsACPU(cpu: Int32) throws {
    let text = Self.head("4/9") + Self.event(0, 1) + Self.event(0, 2).replacing("[000]", with: "[\(cpu)]")
    #expect(try Recording(text).events.last?.cpu == cpu)
  }

  @Test func countsWithoutHeadroomAreNoLoss() throws {
    for entries in ["9/4", "99999999999999999999/1", "x/y", "1/"] {
      #expect(try losses(Recording(Self.head(entries) + Self.event(0, 1))).isEmpty)
    }
  }
}

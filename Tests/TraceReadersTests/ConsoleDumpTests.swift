// An ftrace dump in a console log (ftrace_dump(), kernel/trace/trace.c), with what consoles and others put around it.

import KVMEvents
import Testing

@testable import TraceReaders

@Suite struct ConsoleDumpTests {
  private static let body = "gpc_init: (kvm_gpc_init+0x4/0x70 [kvm]) gpc=0xff72fe18027ea668 kvm=0xff72fe18027e1000"

  /// As lat_print_generic() and lat_print_timestamp() print it, and as trace_print_context() does.
  private static func record(_ cpu: Int, _ us: Int, mark: String = " ", body: String = body) -> String {
    "workload-1059      \(cpu)d..2. 3812490\(us)us\(mark): \(body)"
  }
  private static func wide(_ cpu: Int, _ us: Int) -> String {
    "        workload-1059    [00\(cpu)] d..2.     3.8124\(90 + us): \(body)"
  }

  private static func dump(_ records: [String], front: (Int) -> String = { "[  204.0000\(10 + $0)] " }) -> String {
    let dashes = "---------------------------------"
    let texts = ["sysrq: Dump ftrace buffer", "Dumping ftrace buffer:", dashes] + records + [dashes, "sysrq: done"]
    return texts.enumerated().map { "\(front($0.offset))\($0.element)\n" }.joined()
  }

  private func losses(_ recording: Recording) -> [RecordedEvent] { recording.events.filter { $0.kind == .lostEvents } }
  private func doubts(_ recording: Recording) -> [ImportIssueKind: Int64] {
    recording.counts.filter { ![.microseconds, .cutComms, .formLimit].contains($0.key) }
  }

  @Test func theDumpIsRead() throws {
    let recording = try Recording(
      Self.dump([Self.record(0, 12), Self.record(1, 13, mark: "!"), Self.record(0, 14, mark: "$")]))
    #expect(recording.format == .consoleLog)
    #expect(
      recording.events.map(\.time.rawValue) == [381_249_012_000, 381_249_013_000, 381_249_014_000])
    #expect(recording.events.map(\.cpu) == [0, 1, 0])
    #expect(recording.events.map(\.id) == [4, 5, 6])
    #expect(
      recording.events.allSatisfy { $0.kind == .gpcInit && $0.pid == 1059 && $0.gpc?.rawValue == 0xff72_fe18_027e_a668 }
    )
    #expect(recording.counts == [.microseconds: 1, .cutComms: 1, .formLimit: 1])
    #expect(recording.resolution == 1000 && recording.stampUnit == .ns)
  }

  /// What printk and its readers put in front.
  @Test(arguments: [
    "[  204.000012] ", "[12345.000012] ", "[    0.000012] ", "[  204.000012][  T537] ", "[  204.000012][   C12] ",
    "<6>[  204.000012] ", "[Sun Nov 29 16:03:19 2026] ", "Nov 29 16:03:19 host kernel: [  204.000012] ",
    "Nov 29 16:03:19 host kernel: ", "kern  :info  : [  204.000012] ", "2026-11-29T16:03:19.123456+00:00 host kernel: ",
  ])
  func theFrontOfALineMayBe(front: String) throws {
    for records in [[Self.record(0, 12), Self.record(1, 13)], [Self.wide(0, 1), Self.wide(1, 2)]] {
      let recording = try Recording(Self.dump(records) { _ in front })
      #expect(recording.format == .consoleLog)
      #expect(recording.events.map(\.cpu) == [0, 1])
      #expect(doubts(recording) == [:])
    }
  }

  @Test func theFrontMayChangeFromLineToLine() throws {
    let records = (0..<20).map { Self.record(0, 10 + $0) }
    let recording = try Recording(Self.dump(records) { $0 % 2 == 0 ? "[99999.000000] " : "[100000.000000][  T1] " })
    #expect(recording.events.count == 20 && doubts(recording) == [:])
  }

  /// A boot's messages before it, more than is looked at first.
  @Test func theDumpMayComeLate() throws {
    let boot = (0..<2000).map { "[    1.\(100_000 + $0)] pci 0000:00:00.0: a line of a boot that is long enough\n" }
    let recording = try Recording(boot.joined() + Self.dump([Self.record(0, 12)]))
    #expect(recording.events.map(\.id) == [2004] && doubts(recording) == [:])
    #expect(throws: TraceReadError.notATrace(.consoleLog)) { try Recording(boot.joined()) }
    let empty = "[    2.000000] Dumping ftrace buffer:\n[    2.000001]    (ftrace buffer empty)\n"
    #expect(throws: TraceReadError.notATrace(.consoleLog)) { try Recording(boot.joined() + empty) }
  }

  /// Another CPU's printk between the records: counted, and in front and behind passed over.
  @Test func linesOfOthersAreCounted() throws {
    let recording = try Recording(
      Self.dump([Self.record(0, 12), "kvm: a warning", " => symbol", "workqueue: lockup 12us: 4", Self.record(0, 13)]))
    #expect(recording.events.map(\.kind) == [.gpcInit, .gpcInit])
    #expect(recording.names.filter { $0.kind == nil }.map { "\($0.name) \($0.count)" } == ["console line 2"])
    #expect(doubts(recording) == [.unknownEvent: 1])
  }

  /// What consoles make of two lines at once: an event may be in it.
  @Test(arguments: [
    "workload-1059      0d..2. 381249", "workload-1059      0d..2. 3812490us : gpc_in", "9      0 2us : \(body)",
    "\(body)", "workload-1059      0d..2. 99999999999999999us : \(body)",
  ])
  func aTornRecordIsDirt(text: String) throws {
    let recording = try Recording(Self.dump([Self.record(0, 12), text, Self.record(0, 13)]))
    #expect(recording.events.map(\.kind) == [.gpcInit, .gpcInit])
    #expect(doubts(recording) == [.badLine: 1])
  }

  @Test(
    arguments: [
      ("CPU:1 [LOST 7 EVENTS]", 1, 7), ("CPU:1 [LOST EVENTS]", 1, nil),
      ("** 34 printk messages dropped **", RecordedEvent.unknownCPU, nil),
      ("systemd-journald[7]: Missed 34 kernel messages", RecordedEvent.unknownCPU, nil),
    ] as [(String, Int32, UInt64?)])
  func lossIsLoss(text: String, cpu: Int32, count: UInt64?) throws {
    let recording = try Recording(Self.dump([Self.record(0, 12), text, Self.record(0, 13)]))
    #expect(recording.events.map(\.kind) == [.gpcInit, .lostEvents, .gpcInit])
    #expect(losses(recording).map(\.cpu) == [cpu] && losses(recording).map { $0[.len] } == [count])
    #expect(doubts(recording) == [:])
  }

  /// The head that tracefs prints, where somebody wrote its text to the log: 400 of 424 records were overwritten.
  @Test func aQuotedHeadTellsItsLoss() throws {
    let head = ["# tracer: nop", "#", "# entries-in-buffer/entries-written: 2/9   #P:2", "#"]
    let recording = try Recording(
      Self.dump(head + [Self.wide(0, 1), "##### CPU 1 buffer started ####", Self.wide(1, 2)]))
    #expect(losses(recording).map(\.cpu) == [RecordedEvent.unknownCPU, 1] && losses(recording).first?[.len] == 7)
    #expect(recording.events.count == 4 && doubts(recording) == [:])
  }

  /// The log's own ring was overwritten: the first record gives its place to the loss.
  @Test func aLogThatBeginsInsideADumpHasLostItsBegin() throws {
    let lines = Self.dump([Self.record(0, 12), Self.record(0, 13), Self.record(0, 14)]).split(separator: "\n")
    let recording = try Recording(lines.dropFirst(4).joined(separator: "\n") + "\n")
    #expect(recording.events.map(\.kind) == [.lostEvents, .gpcInit])
    #expect(losses(recording).map(\.cpu) == [RecordedEvent.unknownCPU])
    #expect(doubts(recording) == [.unannouncedLoss: 1])
  }

  @Test func aSecondDumpFollows() throws {
    let first = Self.dump([Self.record(0, 12)])
    let second = Self.dump([Self.record(0, 13)]).replacing(
      "Dumping ftrace buffer:", with: "Dumping ftrace instance gpc buffer:")
    let recording = try Recording(first + "[  205.000000] kvm: between\n" + second)
    #expect(recording.events.map(\.kind) == [.gpcInit, .gpcInit] && doubts(recording) == [:])
  }

  /// A text that begins with a bracket is no JSON.
  @Test func aLogIsNoJSON() throws {
    #expect(throws: TraceReadError.notATrace(.consoleLog)) {
      try Recording("[  203.990000] kvm: loaded\n[  203.990001] kvm: more\n")
    }
  }
}

@Suite struct TracePageTests {
  private static let text =
    "# tracer: nop\n#\n        workload-1059    [000] .....   381.249001: \(record)\n        workload-1059    [000] .....   381.249002: \(record)\n"
  private static let record = "gpc_init: (kvm_gpc_init+0x4/0x70 [kvm]) gpc=0xff72fe18027ea668 kvm=0xff72fe18027e1000"
  private static let script = "<script class=\"trace-data\" type=\"application/text\">\n"

  private static func page(_ sections: [String]) -> String {
    "<!DOCTYPE html>\n<html><head>\n<script>\nvar a = \"\(String(repeating: "x", count: 200_000))\";\n</script></head><body>\n"
      + sections.map { "\(script)\($0)</script>\n" }.joined() + "</body></html>\n"
  }

  @Test func theTextInAPageIsRead() throws {
    let processes = "USER PID PPID VSIZE\nroot 1 0 12\n"
    for sections in [[Self.text], [processes, Self.text], ["\n\(Self.text)", processes], ["  \(Self.text)"]] {
      let recording = try Recording(Self.page(sections))
      #expect(recording.format == .webPage)
      #expect(recording.events.map(\.kind) == [.gpcInit, .gpcInit])
      #expect(recording.counts == [.microseconds: 1])
      #expect(recording.incomplete == nil)
    }
  }

  @Test func aPageThatIsCutOffIsMarked() throws {
    let page = Self.page([Self.text])
    let end = try #require(page.range(of: "381.249002: gpc_init: (kvm"))
    let recording = try Recording(String(page[..<end.upperBound]))
    #expect(recording.events.first?.kind == .gpcInit)
    #expect(recording.incomplete != nil)
  }

  @Test(arguments: ["", "<pre>\n\(record)\n</pre>\n"]) func aPageWithoutTextIsTurnedAway(text: String) throws {
    #expect(throws: TraceReadError.notATrace(.webPage)) { try Recording("<html><body>\n\(text)</body></html>\n") }
    #expect(throws: TraceReadError.notATrace(.webPage)) { try Recording(Self.page(["USER PID\nroot 1\n"])) }
  }
}

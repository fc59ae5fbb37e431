// bpftrace's output: a real recording, both conventions, JSON in pieces, losses, and events out of order.

import KVMEvents
import Renderings
import Testing

@testable import TraceReaders

@Suite struct BpftraceTests {
  private static func event(_ time: String, cpu: Int = 0, fields: String = "gpc=0xff72fe1802762668") -> String {
    "gpc v1 \(time) \(cpu) 1376 gpc_init \(fields)"
  }

  private static func message(_ text: String) -> String { "{\"type\": \"printf\", \"data\": \"\(text)\"}\n" }

  @Test func theRealRecordingIsRead() throws {
    let recording = try Recording(.file(path: Fixture.path("bpftrace-overlap.txt.zst")))
    #expect(try recording.countsByName == Fixture.counts("bpftrace-overlap.counts.tsv"))
    // The workload's own words, which stand between the events.
    #expect(recording.counts == [.badLine: 8])
    #expect(recording.events.map(\.id) == Array(1...2383))
    let times = recording.events.map(\.time)
    #expect(times == times.sorted())
    #expect(recording.clock == .boot)
    #expect(recording.tasks.contains { $0.comm == Array("CPU 0/KVM".utf8) })
  }

  /// The plain text and the same in JSON.
  @Test func jsonIsTheSameEvents() throws {
    let plain = try Fixture.text("bpftrace-overlap.txt.zst")
    let json = String(decoding: plain, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .map { Self.message($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\\n") }
    let recording = try Recording("{\"type\": \"attached_probes\", \"data\": {\"probes\": 6}}\n" + json.joined())
    #expect(try recording.lines() == Recording(plain).lines())
  }

  /// The same as `jq -s` prints it, which puts all messages into one array, as `jq -c -s`, `jq .` and `jq -s .` with
  /// blanks do.
  @Test func anArrayOfMessagesIsTheSameEvents() throws {
    let plain = try Fixture.text("bpftrace-overlap.txt.zst")
    let messages = String(decoding: plain, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\\n" as String }
    let expected = try Recording(plain).lines()
    let compact = "[" + messages.map { Self.message($0).dropLast() }.joined(separator: ",") + "]\n"
    let lines = "[\n" + messages.map { Self.message($0).dropLast() }.joined(separator: ",\n") + "\n]\n"
    func pretty(_ text: String) -> String { "{\n    \"type\": \"printf\",\n    \"data\": \"\(text)\"\n  }" }
    let array = "[\n  " + messages.map(pretty).joined(separator: ",\n  ") + "\n]\n"
    for text in [compact, lines, array, messages.map(pretty).joined(separator: "\n")] {
      let recording = try Recording(text)
      #expect(recording.format == .bpftrace && recording.lines() == expected && recording.incomplete == nil)
      #expect(recording.counts == [.badLine: 8], "the workload's own words, as in the plain text")
    }
    #expect(try Recording(zstd(Array(compact.utf8))).lines() == expected)
  }

  @Test func anArrayHoldsLossesAndOtherMessages() throws {
    let text =
      "[{\"type\": \"attached_probes\", \"data\": {\"probes\": 6}}, " + Self.message(Self.event("1") + "\\n")
      + ", {\"type\": \"lost_events\", \"count\": 42}, {\"type\": \"map\", \"data\": {\"@\": [\"}\", 1]}},"
      + Self.message(Self.event("2") + "\\n") + "]"
    let recording = try Recording(text)
    #expect(recording.events.map(\.kind) == [.gpcInit, .lostEvents, .gpcInit])
    #expect(recording.counts == [.formLimit: 1] && recording.incomplete == nil)
  }

  /// Cut anywhere, an array has no end; what stands in front of the cut was read.
  @Test func anArrayThatIsCutOffMarksTheText() throws {
    let whole =
      "[" + (1...3).map { Self.message(Self.event("\($0)") + "\\n").dropLast() }.joined(separator: ",\n") + "]"
    for count in stride(from: 100, to: whole.utf8.count, by: 7) {
      let recording = try Recording(String(whole.prefix(count)))
      #expect(recording.incomplete == "the text ends inside its JSON; what stands there was read")
      #expect(recording.counts[.truncated] == 1)
      #expect(recording.events.count == whole.prefix(count).count { $0 == "}" })
    }
  }

  @Test(arguments: ["{\"a\": 1}", "zebra", "{\"type\": \"printf\"}", "[1, 2]", "{\"type\": \"printf\", \"data\": 1}"])
  func whatIsNoMessageInAnArrayIsSaid(element: String) throws {
    let recording = try Recording(
      "[" + Self.message(Self.event("1") + "\\n") + ", \(element), " + Self.message(Self.event("2") + "\\n") + "]")
    #expect(recording.events.map(\.kind) == [.gpcInit, .gpcInit])
    #expect(recording.counts == [.badLine: 1])
  }

  @Test func aMessageInAnArrayIsBounded() throws {
    let long = "{\"type\": \"map\", \"data\": \"\(String(repeating: "x", count: 10_000_000))\"}"
    let recording = try Recording(
      "[" + Self.message(Self.event("1") + "\\n") + ", \(long), " + Self.message(Self.event("2") + "\\n") + "]")
    #expect(recording.events.count == 2)
    #expect(recording.counts == [.longLine: 1])
  }

  @Test func aPrintfMayHoldPartOfALineOrSeveral() throws {
    let text =
      Self.message("gpc v1 1 0 1376 gpc_i") + Self.message("nit gpc=0xff72fe1802762668\\ngpc v1 2 0 1376 gpc_init")
      + Self.message(" gpc=0xff72fe1802762668\\n" + Self.event("3") + "\\n" + Self.event("4"))
    #expect(try Recording(text).events.map(\.time.rawValue) == [1, 2, 3, 4])
  }

  @Test(arguments: [
    "{\"type\": \"lost_events\", \"count\": 42}", "{\"type\": \"lost_events\", \"count\": \"42\"}",
    "{\"type\": \"lost_events\", \"data\": {\"events\": 42}}",
    "{\"type\":\"lost_events\",\"data\":{\"events\":\"42\"}}",
    "Lost 42 events", "WARNING: Lost 42 events", "ERROR: Lost 42 events",
  ])
  func lossIsSpelledInManyWays(line: String) throws {
    let recording = try Recording(Self.event("1") + "\n" + line + "\n" + Self.event("2") + "\n")
    #expect(recording.events.map(\.kind) == [.gpcInit, .lostEvents, .gpcInit])
    #expect(recording.events[1][.len] == 42)
    #expect(recording.events[1].cpu == RecordedEvent.unknownCPU)
    #expect(recording.counts == [.formLimit: 1], "neither the CPU nor the place is told")
  }

  /// The sum at the end is of the losses above it, and all that there is where they are not.
  @Test func theSumOfLossesCountsOnce() throws {
    let sum = "WARNING: Total lost event count: 42\n"
    for lost in ["Lost 40 events\n", "Lost 42 events\n", ""] {
      let recording = try Recording(Self.event("1") + "\n" + lost + Self.event("2") + "\n" + sum)
      let counts = recording.events.filter { $0.kind == .lostEvents }.compactMap { $0[.len] }
      #expect(counts.reduce(0, +) == 42 && counts.count == (lost.hasPrefix("Lost 40") ? 2 : 1), "\(lost): \(counts)")
    }
  }

  /// What the compiler says of the program comes before its probes are there. Later lines are of the recording, and so
  /// are those of an output that does not say when that was.
  @Test func warningsOfTheProgramAreNotOfTheRecording() throws {
    let warning = "/gpc.bt:12:63-71: WARNING: Unnecessary cast: expression is already of type uint64\n"
    let (first, second) = (Self.event("1") + "\n", Self.event("2") + "\n")
    for (text, count) in [
      (warning + "Attached 28 probes\n" + first + second, nil), (warning + first + second, 1),
      ("Attached 28 probes\n" + warning + first + second, 1), (first + warning + "Attached 28 probes\n" + second, 1),
    ] as [(String, Int64?)] {
      let recording = try Recording(text)
      #expect(recording.events.count == 2 && recording.counts[.badLine] == count, "\(text)")
    }
  }

  @Test func otherMessagesAndMapsAreNoDirt() throws {
    let text =
      "{\"type\": \"attached_probes\", \"count\": 6}\n{\"type\": \"map\", \"data\": {\"@n\": {\"1377\": 1, \"x\": [1, \"2\"]}}}\n"
      + "{\"type\": \"time\", \"data\": \"12:00\"}\n{\"type\": \"hist\", \"data\": {\"@l\": [{\"min\": 1, \"count\": null}]}}\n"
      + Self.message(Self.event("1") + "\\n@iters: \\n[2, 4)     11 |@@@   |\\n\\n")
    let recording = try Recording(text)
    #expect(recording.events.count == 1)
    #expect(recording.counts == [:])
  }

  @Test(arguments: [
    "{\"type\"", "{\"type\": }", "{\"a\": 1}", "{\"type\": \"printf\", \"data\": 1}", "{\"type\": \"printf\"} x", "{",
  ])
  func brokenMessagesAreSaid(line: String) throws {
    let recording = try Recording(Self.message(Self.event("1") + "\\n") + line + "\n")
    #expect(recording.events.count == 1)
    #expect(recording.counts == [.badLine: 1])
  }

  @Test(arguments: [
    "gpc v1 x 0 1 gpc_init gpc=1", "gpc v1 18446744073709551615 0 1 gpc_init",
    "gpc v1 4611686018427387904 0 1 gpc_init", "gpc v1 9223372036854775808 0 1 gpc_init",
    "gpc v1 1 x 1 gpc_init", "gpc v1 1 0 99999999999 gpc_init", "gpc v1 1 0 1", "gpc v1 1 0 1 ", "gpc v1",
    "gpc v2 1 0 1 gpc_init",
    "1 2 3 gpc_init", "gpc v1 1 0 1 gpc_init comm=this is longer than a comm can be",
  ])
  func tornRecordsAreSaid(line: String) throws {
    let recording = try Recording(Self.event("5") + "\n" + line + "\n" + Self.event("6") + "\n")
    #expect(recording.events.count == 2)
    #expect(recording.counts == [.badLine: 1])
  }

  /// The rule of all texts: a last line without its newline that is odd besides is part of a line. Plain, in a message,
  /// and a message.
  @Test(arguments: [5, 12, 30, 45]) func aLastLineThatIsCutOffMarksTheText(missing: Int) throws {
    let whole = Self.event("0") + "\n" + Self.event("1") + "\n"
    let cut = String(Self.event("2").dropLast(missing))
    let message = Self.message(Self.event("2") + "\\n")
    let texts = [
      whole + cut, Self.message(Self.event("1") + "\\n") + Self.message(cut),
      Self.message(Self.event("1") + "\\n") + message.dropLast(missing),
    ]
    for text in texts {
      let recording = try Recording(text)
      #expect(recording.incomplete == "the text ends inside a line; what stands there was read", "\(text)")
      #expect(recording.counts[.truncated] == 1)
      #expect(recording.events.first?.kind == .gpcInit)
    }
    // In the middle it is a line that somebody wrote so.
    #expect(try Recording("\(whole)\(cut)\n\(whole)").incomplete == nil)
  }

  @Test func aWholeLastLineNeedsNoNewline() throws {
    for text in [
      Self.event("1"), Self.message(Self.event("1")), String(Self.message(Self.event("1") + "\\n").dropLast()),
    ] {
      let recording = try Recording(text)
      #expect(recording.events.count == 1 && recording.incomplete == nil && recording.counts == [:], "\(text)")
    }
    // What a workload or a map prints last ends where it ends.
    #expect(try Recording(Self.event("1") + "\n@iters: 12").incomplete == nil)
  }

  @Test func commIsTheRestOfTheLine() throws {
    let recording = try Recording(
      Self.event("1", fields: "gpc=0xff72fe1802762668 comm=CPU 0/KVM a=b") + "\n" + Self.event("2") + "\n")
    #expect(recording.tasks.map { String(decoding: $0.comm, as: UTF8.self) } == ["CPU 0/KVM a=b", "<...>"])
    #expect(recording.counts == [:])
  }

  @Test func aWindowPutsEventsInOrderAndBoundsWhatWaits() {
    var window = ReorderWindow(size: 4)
    var taken: [Int64] = []
    for (place, time) in [5, 1, 3, 2, 9, 8, 7, 6, 4, 20, 11, 12].enumerated() {
      while window.isFull, let event = window.take(isAtEnd: false) { taken.append(event.time.rawValue) }
      var event = RecordedEvent()
      event.id = EventID(place)
      event.time = TraceTimestamp(rawValue: Int64(time))
      window.put(event)
    }
    while let event = window.take(isAtEnd: true) { taken.append(event.time.rawValue) }
    #expect(taken == [1, 2, 3, 5, 4, 6, 7, 8, 9, 11, 12, 20])
  }
}

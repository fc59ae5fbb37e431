// Dirt in a trace: counted, shown with its line, and the rest is still used.

import Foundation
import RealBinary
import Testing

@Suite struct DirtyTraceTests {
  /// What is done to the lines of `quiet`, and the issue that tells of it.
  struct Dirt: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let issue: String
    let count: Int
    let make: @Sendable (inout [[UInt8]]) -> Void
  }

  private static func line(_ text: String) -> [UInt8] { Array(text.utf8) }

  private static func replace(_ lines: inout [[UInt8]], _ name: String, _ field: String, by value: String) {
    guard
      let index = lines.firstIndex(where: { String(decoding: $0, as: UTF8.self).contains(" \(name): ") })
    else { return }
    var words = String(decoding: lines[index], as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
    guard let place = words.firstIndex(where: { $0.hasPrefix(field + "=") }) else { return }
    words[place] = value.isEmpty ? "" : "\(field)=\(value)"
    lines[index] = Array(words.joined(separator: " ").utf8)
  }

  private static let dirts: [Dirt] = [
    Dirt(testDescription: "a line that is no event", issue: "bad_line", count: 1) {
      $0.insert(line("this is no event"), at: 100)
    },
    Dirt(testDescription: "a line of 10 MB", issue: "long_line", count: 1) {
      $0.insert([UInt8](repeating: UInt8(ascii: "x"), count: 10_000_000), at: 100)
    },
    Dirt(testDescription: "an event that nobody knows", issue: "unknown_event", count: 1) {
      $0.insert(line("        workload-342   [003]   114.267200000: sched_wakeup: comm=x"), at: 20)
    },
    Dirt(testDescription: "a field is missing", issue: "missing_field", count: 1) {
      replace(&$0, "mn_invalidate_range_start", "start", by: "")
    },
    Dirt(testDescription: "a field is no number", issue: "bad_field", count: 1) {
      replace(&$0, "mn_invalidate_range_start", "start", by: "0xfffffffffffffffff")
    },
    Dirt(testDescription: "end below start", issue: "end_below_start", count: 1) {
      replace(&$0, "mn_invalidate_range_start", "end", by: "0x1000")
    },
    Dirt(testDescription: "a zero pointer", issue: "bad_pointer", count: 1) {
      replace(&$0, "gpc_check", "gpc", by: "0x0")
    },
    Dirt(testDescription: "NULs in a comm", issue: "nul_byte", count: 1) { $0[300][8] = 0 },
    Dirt(testDescription: "a comm that is no UTF-8", issue: "invalid_utf8", count: 1) { $0[300][8] = 0xff },
    Dirt(testDescription: "CRLF", issue: "carriage_return", count: 762) { lines in
      for index in lines.indices { lines[index].append(UInt8(ascii: "\r")) }
    },
    Dirt(testDescription: "time going back", issue: "time_went_back", count: 1) { $0.swapAt(301, 302) },
    Dirt(testDescription: "a line twice", issue: "duplicate_line", count: 1) { $0.insert($0[300], at: 301) },
  ]

  /// The proof's first line stands 1.5 us behind its second: the column of times goes below zero.
  @Test func timeGoingBackInAProofIsShown() throws {
    let folder = try TemporaryFolder()
    let text = String(decoding: try CorpusTrace("stale-hva").text, as: UTF8.self)
    let later = text.replacing("203.000140000: gpc_retry_loop", with: "203.000161500: gpc_retry_loop")
    #expect(later != text)
    _ = try folder.write("back.txt", Array(later.utf8))
    let run = try Invocation(["back.txt"], in: folder)
    #expect(run.status == 1, "\(run.errorText)")
    #expect(run.text.contains("\n        9   -1.500  hva_to_pfn "))
    #expect(run.text.contains(": time_went_back 1"))
  }

  /// A thread chooses its own name; a terminal would obey what stands in it.
  @Test(arguments: [["t.txt"], ["explain", "t.db", "--finding", "1"], ["explore", "t.txt"]])
  func noControlCharacterReachesTheTerminal(arguments: [String]) throws {
    let folder = try TemporaryFolder()
    let text = String(decoding: try CorpusTrace("stale-hva").text, as: UTF8.self)
    let odd = text.replacing("balloon-", with: "b\u{1b}[2J-n-")
    _ = try folder.write("t.txt", Array(odd.utf8))
    _ = try Invocation(["t.txt"], in: folder)
    let run = try Invocation(arguments, in: folder)
    #expect(run.text.contains("b?[2J-n"), "\(run.text)\(run.errorText)")
    #expect(!run.text.contains("\u{1b}"))
  }

  /// Whatever contradicts the rules, or is in excess, may do so for want of what could not be read.
  @Test(
    arguments: ["contract", "stale-hva", "no-seq-test", "spun-for-others"],
    ["bad_line", "long_line", "bad_field", "end_below_start"])
  func nothingIsCertainBesideWhatCouldNotBeRead(name: String, issue: String) throws {
    let folder = try TemporaryFolder()
    let lines = try CorpusTrace(name).lines
    let whole = try folder.write("whole.txt", lines.joined(separator: "\n") + "\n")
    let certain = try Invocation([whole.path], in: folder)
    #expect(certain.status == 1 && certain.text.contains(", certain: 1"))
    let unread: String =
      switch issue {
      case "bad_line": "        what is this"
      case "long_line": String(repeating: "x", count: 10_000_000)
      case "bad_field":
        "        workload-342   [003]   990.000000000: mn_invalidate_range_start: (1) mn=0xff start=zz end=0x2"
      case _: "        workload-342   [003]   990.000000000: mn_invalidate_range_start: (1) mn=0xff start=0x2 end=0x1"
      }
    let dirty = try folder.write("dirty.txt", (lines + [unread]).joined(separator: "\n") + "\n")
    let run = try Invocation([dirty.path], in: folder)
    #expect(run.status == 1 && run.text.contains(": \(issue) 1"), "\(run.text)")
    #expect(run.text.contains(", possible: ") && !run.text.contains(", certain"), "\(run.text)")
    #expect(run.text.contains("could not be read"))
    #expect(try Invocation(["replay", "dirty.db"], in: folder).text == run.text)
  }

  /// A walk that stands twice in microseconds: pasted, there was one.
  @Test func nothingIsCertainBesideAStepThatStandsTwice() throws {
    let folder = try TemporaryFolder()
    let lines = try CorpusTrace("contract").lines.map { $0.replacing(#/(\.[0-9]{6})[0-9]{3}: /#) { "\($0.1): " } }
    let run = try Invocation([try folder.write("whole.txt", lines.joined(separator: "\n") + "\n").path], in: folder)
    let walk = try #require(lines.firstIndex { $0.contains(": gpc_invalidate_start:") })
    let twice = lines[...walk] + lines[walk...]
    let doubled = try Invocation([try folder.write("t.txt", twice.joined(separator: "\n") + "\n").path], in: folder)
    #expect(run.text.contains(", certain: 1") && !doubled.text.contains(", certain"), "\(doubled.text)")
    #expect(doubled.text.contains("1 event may be the one above it once more"))
  }

  /// What other tracers print between the events, and what a console or a page puts around them.
  @Test(arguments: [
    ("tracefs-system-calls.txt", 0, "ignored events: sys_ioctl 2"), ("tracefs-printk.txt", 0, "print 1,"),
    ("page.html", 0, "an HTML page with ftrace text"), ("console-dump.txt", 3, "a console may lose lines of a dump"),
  ])
  func foreignRecordsAreNoDirt(name: String, status: Int32, words: String) throws {
    let fixture = CorpusTrace.root.appending(path: "Tests/TraceReadersTests/Fixtures/\(name)")
    let run = try Invocation([fixture.path, "--db", "t.db", "-v"], in: try TemporaryFolder())
    #expect(run.status == status && run.text.contains(words), "\(run.text)\(run.errorText)")
    #expect(run.text.contains("hva_to_pfn 1, hva_to_pfn_ret 1,") && !run.text.contains("warning: "))
  }

  /// Indented as in a mail, and copied from a terminal on a machine with pids of seven digits: what the head tells was
  /// overwritten is lost.
  @Test func lossesThatAQuotedTextTellsAreRead() throws {
    let folder = try TemporaryFolder()
    let fixture = CorpusTrace.root.appending(path: "Tests/TraceReadersTests/Fixtures/tracefs-loss.txt")
    let text = try String(contentsOf: fixture, encoding: .utf8)
    let indented = text.split(separator: "\n").map { "    \($0)\n" }.joined()
    let wide = "# cat /sys/kernel/tracing/trace\n" + text.replacing(#/-([0-9]{3})     \[/#) { "-1000\($0.1) [" }
    for (name, quoted) in [("plain", text), ("indented", indented), ("wide", wide)] {
      let run = try Invocation([try folder.write("\(name).txt", quoted).path, "--clock", "mono"], in: folder)
      #expect(run.status == 3 && !run.text.contains("certain"), "\(run.text)")
      #expect(run.text.contains("lost on an unknown CPU: 1 gap, 400 events"))
      #expect(run.text.contains("lost on CPU 1: 1 gap of unknown size") && !run.text.contains("bad_line"))
    }
  }

  @Test func aLossOfUnknownSizeHasNoNumber() throws {
    let folder = try TemporaryFolder()
    var lines = String(decoding: try CorpusTrace("quiet").text, as: UTF8.self).split(separator: "\n").map(String.init)
    lines.insert("CPU:2 [7 EVENTS DROPPED]", at: 300)
    lines.insert(contentsOf: ["CPU:1 [EVENTS DROPPED]", "CPU:2 [EVENTS DROPPED]"], at: 200)
    _ = try folder.write("t.txt", Array((lines.joined(separator: "\n") + "\n").utf8))
    let run = try Invocation(["t.txt"], in: folder)
    #expect(run.text.contains("\n  lost on CPU 1: 1 gap of unknown size\n"), "\(run.text)")
    #expect(run.text.contains("\n  lost on CPU 2: 2 gaps, 7 events, 1 gap of unknown size\n"), "\(run.text)")
  }

  @Test(arguments: dirts) func isCountedAndTheRestIsUsed(dirt: Dirt) throws {
    let folder = try TemporaryFolder()
    var lines = try CorpusTrace("quiet").text.split(separator: UInt8(ascii: "\n")).map { [UInt8]($0) }
    dirt.make(&lines)
    _ = try folder.write("dirty.txt", lines.joined(separator: [UInt8(ascii: "\n")]) + [UInt8(ascii: "\n")])
    let run = try Invocation(["dirty.txt"], in: folder)
    #expect([0, 1, 3].contains(run.status), "\(run.status): \(run.errorText)")
    #expect(run.text.contains(": \(dirt.issue) \(dirt.count)"), "the report says so")
    let rows = try Invocation(
      [
        "query", "dirty.db",
        """
        SELECT import_issue_count.count, (SELECT count(*) FROM import_issue WHERE kind = import_issue_count.kind),
          (SELECT event_count FROM trace) BETWEEN 759 AND 763, (SELECT count(*) > 140 FROM cache_check WHERE answer = 1)
        FROM import_issue_count WHERE kind = '\(dirt.issue)'
        """, "--csv",
      ], in: folder)
    #expect(rows.text.split(separator: "\r\n").last == "\(dirt.count),\(min(dirt.count, 10)),1,1")
    // As an import alone it says the same.
    #expect(try Invocation(["import", "dirty.txt", "--db", "again.db"], in: folder).status == 0)
  }
}

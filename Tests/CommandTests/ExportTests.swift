// `export` and `view` through the binary. What a Perfetto trace shows is held against SQL by tools/perfetto, with
// Perfetto's own descriptors and its trace_processor.

import Foundation
import RealBinary
import Testing

@Suite struct ExportTests {
  private static let tool = CorpusTrace.root.appending(path: "tools/perfetto").path
  private static let ready = CorpusTrace.root.appending(path: ".build/perfetto/ready").path
  static let hasPerfetto = FileManager.default.fileExists(atPath: ready) && Invocation.hasProgram("node")

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Of each kind of mark and finding, and of each way in which a recording lacks something.
  private static let recordings = [
    "stale-hva", "v2-gap", "overlap", "storm-lossy", "two-vms", "odd-comms", "v32-deadlock", "k73-unrelated",
    "61xen-overlap", "vm-gone", "nested-check", "storm-cut-off", "einval",
  ]

  @Test(.enabled(if: hasPerfetto, "tools/perfetto --ui installs what it needs"), arguments: recordings)
  func whatIsShownEqualsSQL(name: String) throws {
    let trace = CorpusTrace(name)
    _ = try Invocation([trace.trace.path, "--db", "t.db"] + trace.arguments, in: folder)
    #expect(try Invocation(["export", "t.db", "-o", "t.pftrace"], in: folder).status == 0)
    let run = try Invocation(shell: "\(Self.tool) t.pftrace t.db", in: folder.url)
    #expect(run.text.hasSuffix(" 0 differences\n"), "\(run.text)\(run.errorText)")
  }

  @Test(.enabled(if: hasPerfetto, "tools/perfetto --ui installs what it needs"))
  func withoutReplayTheEventsAreShown() throws {
    _ = try Invocation(["import", CorpusTrace("odd-comms").trace.path, "--db", "t.db"], in: folder)
    let export = try Invocation(["export", "t.db", "-o", "t.pftrace"], in: folder)
    #expect(export.text.contains("t.db is imported, not replayed"))
    let run = try Invocation(shell: "\(Self.tool) t.pftrace t.db", in: folder.url)
    #expect(run.text.hasSuffix(" 0 differences\n"), "\(run.text)\(run.errorText)")
  }

  @Test func standardOutputIsTheSameFile() throws {
    _ = try Invocation([CorpusTrace("stale-hva").trace.path, "--db", "t.db"], in: folder)
    _ = try Invocation(["export", "t.db", "-o", "t.pftrace"], in: folder)
    let run = try Invocation(["export", "t.db", "-o", "-"], in: folder)
    #expect(try run.output == Data(contentsOf: folder.file("t.pftrace")) && !run.output.isEmpty)
    #expect(run.errorText.hasPrefix("standard output: "))
    let cut = try Invocation(shell: "gpc-replay export t.db -o - 2> errors | head -c 10 | wc -c", in: folder.url)
    #expect(cut.text == "10\n")
  }

  /// The database itself is no place for what is made of it, by whatever name.
  @Test func whatIsReadIsNotReplaced() throws {
    _ = try Invocation([CorpusTrace("stale-hva").trace.path, "--db", "t.db"], in: folder)
    _ = try Invocation(shell: "ln -s t.db link; ln t.db page.html", in: folder.url)
    let before = try Data(contentsOf: folder.file("t.db"))
    for arguments in [
      ["export", "t.db", "-o", "t.db", "--force"], ["export", "t.db", "-o", "link", "--force"],
      ["report", "t.db", "-o", "page.html", "--force"], ["diff", "t.db", "page.html", "-o", "page.html", "--force"],
    ] {
      let run = try Invocation(arguments, in: folder)
      #expect(run.status == 2 && run.errorText.contains(" is what is read: name another file"), "\(run.errorText)")
      #expect(try Data(contentsOf: folder.file("t.db")) == before)
    }
  }

  @Test func nothingIsOverwrittenUnasked() throws {
    _ = try Invocation([CorpusTrace("stale-hva").trace.path, "--db", "t.db"], in: folder)
    _ = try folder.write("t.pftrace", "mine")
    let run = try Invocation(["export", "t.db", "-o", "t.pftrace"], in: folder)
    #expect(run.status == 74 && run.errorText.hasPrefix("gpc-replay: t.pftrace exists: --force replaces it"))
    #expect(try String(contentsOf: folder.file("t.pftrace"), encoding: .utf8) == "mine")
    #expect(try Invocation(["export", "t.db", "-o", "t.pftrace", "--force"], in: folder).status == 0)
    #expect(try Data(contentsOf: folder.file("t.pftrace")).count > 1000)
    #expect(try Invocation(["export", "t.db", "-o", "."], in: folder).errorText == "gpc-replay: . is a directory.\n")
    #expect(try folder.names == ["t.db", "t.pftrace"])
  }

  /// A limit on file sizes is a full disk.
  @Test func aFullDiskLeavesNothing() throws {
    _ = try Invocation([CorpusTrace("overlap").trace.path, "--db", "t.db"], in: folder)
    let run = try Invocation(shell: "ulimit -f 16; gpc-replay export t.db -o t.pftrace", in: folder.url)
    #expect(run.status == 74 && run.errorText == "gpc-replay: t.pftrace cannot be written: File too large.\n")
    #expect(try folder.names == ["t.db"])
    let nowhere = try Invocation(["export", "t.db", "-o", "none/t.pftrace"], in: folder)
    #expect(nowhere.status == 74 && nowhere.errorText.contains("none/t.pftrace cannot be written"))
  }

  @Test(arguments: ["export", "view"]) func whatIsNoDatabaseOfThisVersion(verb: String) throws {
    _ = try folder.write("text.db", "no database")
    _ = try Invocation(
      shell: """
        gpc-replay import \(CorpusTrace("stale-hva").trace.path) --db old.db
        python3 -c "import sqlite3; sqlite3.connect('old.db').execute('PRAGMA user_version = 1')"
        """, in: folder.url)
    for database in ["text.db", "old.db", "none.db"] {
      let output = verb == "export" ? ["-o", "t.pftrace"] : ["--no-open"]
      let run = try Invocation([verb, database] + output, in: folder)
      #expect(run.status == 2 && run.errorText.hasPrefix("gpc-replay: \(database)"), "\(run.errorText)")
    }
    #expect(try folder.names == ["old.db", "text.db"])
  }
}

/// On the one port: one after the other.
@Suite(.serialized) struct ViewTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    _ = try Invocation([CorpusTrace("v2-gap").trace.path, "--db", "t.db"], in: folder)
  }

  /// Prints the link, and ends with ^C; while it serves, another one says that the port is in use.
  @Test func printsALinkToTheFinding() throws {
    let printed = try TemporaryFolder()
    let process = try Invocation.process(
      Invocation.binary.path, ["view", "t.db", "--finding", "3", "--no-open"], in: folder.url, printed: printed)
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    var text = ""
    while !text.hasSuffix("Served until ^C.\n") {
      let data = pipe.fileHandleForReading.availableData
      if data.isEmpty { break }
      text += String(decoding: data, as: UTF8.self)
    }
    let query =
      "SELECT ts_ns, cache_id, vm_id, (SELECT min(ts_ns) FROM event JOIN finding_event ON event_id = event.id"
      + " WHERE finding_id = 3) AS first FROM finding JOIN event ON event.id = event_id WHERE finding.id = 3"
    let row = try Invocation(["query", "t.db", query, "--csv"], in: folder).text.split(separator: "\r\n")[1]
      .split(separator: ",").compactMap { Int64($0) }
    let words = text.split(separator: "&").map(String.init)
    #expect(words.first == "https://ui.perfetto.dev/#!/?url=http%3A%2F%2F127.0.0.1%3A9001%2Ftrace.pftrace")
    #expect(words.contains("ts=\(row[0])") && words.contains("dur=0"))
    let start = words.first { $0.hasPrefix("visStart=") }.flatMap { Int64($0.dropFirst(9)) } ?? .max
    #expect(start <= row[3])
    let commands = words.last?.removingPercentEncoding ?? ""
    let pattern = "^(gpc-replay: findings|VM \(row[2]): .*|cache \(row[1]): .*)$"
    #expect(
      commands.contains(#"startupCommands=[{"id":"dev.perfetto.PinTracksByRegex","args":["\#(pattern)"]}]"#))
    let second = try Invocation(["view", "t.db", "--no-open"], in: folder)
    #expect(second.status == 2 && second.errorText.hasPrefix("gpc-replay: port 9001, the only one"))
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    #expect(try folder.names == ["t.db"])
  }

  @Test func whatThereIsNot() throws {
    let finding = try Invocation(["view", "t.db", "--finding", "99", "--no-open"], in: folder)
    #expect(finding.status == 2 && finding.errorText.hasPrefix("gpc-replay: t.db has no finding 99"))
    for (page, reason) in [(".", "holds no copy of Perfetto's page"), ("none", "No such file or directory")] {
      let run = try Invocation(["view", "t.db", "--ui", page, "--no-open"], in: folder)
      #expect(run.status == 2 && run.errorText.contains(reason))
    }
  }
}

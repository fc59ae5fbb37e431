// Killed, out of space, nowhere to write: never a half-written database under the final name.

import Foundation
import RealBinary
import Testing

@Suite struct InterruptedTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// kill -9 after the import has taken this much of a recording whose end it waits for: nothing under the final name,
  /// and the next run works.
  @Test(.enabled(if: Invocation.hasProgram("python3"))) func killedAtAnyMoment() throws {
    let trace = try CorpusTrace("unrelated").text
    for taken in [0, 1, 4096, trace.count / 10, trace.count / 2, trace.count] {
      try endImport(of: trace.prefix(taken), by: SIGKILL)
      #expect(try !folder.names.contains("trace.db"), "killed after \(taken) bytes")
    }
    _ = try folder.write("trace.txt", trace)
    let run = try Invocation(["trace.txt"], in: folder)
    #expect(run.status == 1)
    #expect(try folder.names == ["trace.db", "trace.txt"], "what the killed runs left is gone")
    #expect(try Invocation(["query", "trace.db", "PRAGMA integrity_check", "--csv"], in: folder).text.contains("ok"))
  }

  /// Other signals take the half-written file with them.
  @Test(.enabled(if: Invocation.hasProgram("python3")), arguments: [SIGINT, SIGTERM, SIGHUP])
  func nothingIsLeftOfAnEndedImport(signal: Int32) throws {
    let trace = try CorpusTrace("unrelated").text
    for taken in [4096, trace.count / 2, trace.count] {
      try endImport(of: trace.prefix(taken), by: signal)
      #expect(try folder.names == [], "after \(taken) bytes")
    }
  }

  /// Tests run on threads that block signals, and a program keeps what its parent blocked.
  private static let withoutBlockedSignals = """
    import os, signal, sys
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.execv(sys.argv[1], sys.argv[1:])
    """

  /// Ends an import that has taken these bytes, and waits for more.
  private func endImport(of taken: ArraySlice<UInt8>, by signal: Int32) throws {
    let printed = try TemporaryFolder()
    let input = Pipe()
    let process = try Invocation.process(
      "/usr/bin/env",
      ["python3", "-c", Self.withoutBlockedSignals, Invocation.binary.path, "import", "-", "--db", "trace.db"],
      in: folder.url, printed: printed)
    process.standardInput = input
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: taken)
    // It has taken all of it when the pipe is empty, and waits for more.
    var waiting: Int32 = 1
    while waiting > 0 && process.isRunning {
      guard ioctl(input.fileHandleForWriting.fileDescriptor, UInt(FIONREAD), &waiting) == 0 else { break }
      sched_yield()
    }
    #expect(process.isRunning, "after \(taken.count) bytes")
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == signal)
  }

  /// ^C while forms are searched: those that are done are stored, the one under way with what was seen of it, and the
  /// others are named; then the signal ends the process.
  @Test func searchesKeepWhatIsDone() throws {
    let printed = try TemporaryFolder()
    let trace = CorpusTrace("overlap").trace.path
    // seanjc-4 has windows that take minutes with so large a budget.
    let process = try Invocation.process(
      Invocation.binary.path,
      [
        "explore", trace, "--db", "t.db", "--protocol", "v6.9,seanjc-4,dwmw2-v1", "--states-max", "100000000",
        "--memory-max", "4096",
      ], in: folder.url, printed: printed)
    try process.run()
    while process.isRunning, try !output(printed).contains("v6.9: ") { sched_yield() }
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGINT)
    // The signal comes when the first form is printed: as a rule while the second is searched.
    let isBegun = try output(printed).contains("seanjc-4: ")
    if isBegun { #expect(try output(printed).contains("at the interrupt)")) }
    let left = isBegun ? "dwmw2-v1" : "seanjc-4, dwmw2-v1"
    #expect(
      try String(decoding: printed.bytes("errors"), as: UTF8.self).hasSuffix(
        "TRUNCATED by an interrupt: \(left) not searched.\n"))
    let stored = try Invocation(
      [
        "query", "t.db", "SELECT form, window_count = complete_count AS is_whole, truncated_count > 0 FROM exploration",
        "--csv",
      ], in: folder)
    #expect(stored.text.split(separator: "\r\n").dropFirst() == ["v6.9,1,0"] + (isBegun ? ["seanjc-4,0,1"] : []))
  }

  private func output(_ printed: TemporaryFolder) throws -> String {
    String(decoding: try printed.bytes("output"), as: UTF8.self)
  }

  /// ^C before a comparison is done: nothing of it is stored, and that is said.
  @Test func aComparisonIsStoredWholeOrNotAtAll() throws {
    let trace = CorpusTrace("unrelated").trace.path
    _ = try Invocation(["compare", trace, "--db", "t.db", "--form", "v6.9"], in: folder)
    // Started with the signal blocked and pending: it is there at the first look.
    let pending = "use POSIX; sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGINT)); kill INT => $$; exec @ARGV"
    let printed = try TemporaryFolder()
    let process = try Invocation.process(
      "/usr/bin/perl", ["-e", pending, Invocation.binary.path, "compare", "t.db"], in: folder.url, printed: printed)
    try process.run()
    process.waitUntilExit()
    #expect(
      try String(decoding: printed.bytes("errors"), as: UTF8.self).hasPrefix("gpc-replay: interrupted; nothing of"))
    #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGINT)
    let stored = try Invocation(["query", "t.db", "SELECT form FROM form_cost ORDER BY id", "--csv"], in: folder)
    #expect(stored.text == "form\r\nrecorded\r\nv6.9\r\n")
  }

  /// A search that saw less does not take the place of one that saw more.
  @Test func lessDoesNotReplaceMore() throws {
    let trace = CorpusTrace("contract").trace.path
    let whole = try Invocation(["explore", trace, "--db", "t.db", "--protocol", "dwmw2-v2"], in: folder)
    let number = "SELECT id, window FROM counterexample"
    let before = try Invocation(["query", "t.db", number], in: folder).text
    #expect(whole.text.contains("Stored: ") && !before.isEmpty)
    let part = try Invocation(
      ["explore", "t.db", "--protocol", "dwmw2-v2", "--states-max", "1"], in: folder)
    #expect(part.text.contains("not stored: the search that is there saw ") && !part.text.contains("Stored: "))
    #expect(try Invocation(["query", "t.db", number], in: folder).text == before)
  }

  /// A file that may not grow beyond some size is a full disk.
  @Test(arguments: [1, 64, 300]) func noSpace(blocks: Int) throws {
    let trace = CorpusTrace("lifecycle").trace.path
    let command = "ulimit -f \(blocks); exec gpc-replay \(trace) --db out.db 2>&1 | cat"
    let run = try Invocation(shell: "set -o pipefail; \(command)", in: folder.url)
    #expect(run.status == 74 && run.signal == 0)
    #expect(run.text.hasPrefix("gpc-replay: ") && run.text.filter { $0 == "\n" }.count == 1, "\(run.text)")
    #expect(try folder.names == [])
    #expect(try Invocation([trace, "--db", "out.db"], in: folder).status == 0)
  }

  /// `/proc` takes no files from anybody, root included.
  @Test(arguments: ["/proc/out.db", "none/out.db"]) func nowhereToWrite(database: String) throws {
    let run = try Invocation([CorpusTrace("quiet").trace.path, "--db", database], in: folder)
    #expect(run.status == 74 && run.text == "" && run.errorText.hasPrefix("gpc-replay: "))
    #expect(try folder.names == [])
  }

  @Test func aFolderThatMayNotBeWritten() throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.url.path)
    defer {
      do {
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url.path)
      } catch {
        Issue.record(error)
      }
    }
    let run = try Invocation([CorpusTrace("quiet").trace.path], in: folder)
    // Root may write anywhere.
    #expect(run.status == (geteuid() == 0 ? 0 : 74))
  }
}

// Killed, out of space, nowhere to write: never a half-written database under the final name.

import Foundation
import RealBinary
import Testing

@Suite struct InterruptedTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// kill -9 at several moments of an import that takes about a second: nothing under the final name, and the next run works.
  @Test func killedAtAnyMoment() throws {
    try LargeTrace.write("unrelated", times: 12, to: folder.file("large.txt"))
    var killed = 0
    for delay in [0.02, 0.1, 0.25, 0.5, 0.8] {
      let printed = try TemporaryFolder()
      let process = try Invocation.process(
        Invocation.binary.path, ["large.txt"], in: folder.url, printed: printed)
      try process.run()
      Thread.sleep(forTimeInterval: delay)
      let isRunning = process.isRunning
      if isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      if isRunning && process.terminationReason == .uncaughtSignal {
        killed += 1
        #expect(try !folder.names.contains("large.db"), "killed after \(delay) s")
      }
      if try folder.names.contains("large.db") { try FileManager.default.removeItem(at: folder.file("large.db")) }
    }
    #expect(killed > 0)
    let run = try Invocation(["large.txt"], in: folder)
    #expect(run.status == 1)
    #expect(try folder.names == ["large.db", "large.txt"], "what the killed runs left is gone")
    #expect(try Invocation(["query", "large.db", "PRAGMA integrity_check", "--csv"], in: folder).text.contains("ok"))
  }

  /// A file that may not grow beyond some size is a full disk.
  @Test(arguments: [1, 64, 300]) func noSpace(blocks: Int) throws {
    let trace = CorpusTrace("lifecycle").trace.path
    let command = "ulimit -f \(blocks); exec gpc-replay \(trace) --db out.db 2>&1 | cat"
    let run = try Invocation(shell: "set -o pipefail; \(command)", in: folder.url)
    #expect(run.status == 2 && run.signal == 0)
    #expect(run.text.hasPrefix("gpc-replay: ") && run.text.filter { $0 == "\n" }.count == 1, "\(run.text)")
    #expect(try folder.names == [])
    #expect(try Invocation([trace, "--db", "out.db"], in: folder).status == 0)
  }

  /// `/proc` takes no files from anybody, root included.
  @Test(arguments: ["/proc/out.db", "none/out.db"]) func nowhereToWrite(database: String) throws {
    let run = try Invocation([CorpusTrace("quiet").trace.path, "--db", database], in: folder)
    #expect(run.status == 2 && run.text == "" && run.errorText.hasPrefix("gpc-replay: "))
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
    #expect(run.status == (geteuid() == 0 ? 0 : 2))
  }
}

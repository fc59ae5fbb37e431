// Where the database goes, when it is used again, and when it is written anew.

import Foundation
import RealBinary
import Testing

@Suite struct DatabaseFileTests {
  private let folder: TemporaryFolder
  private let trace = CorpusTrace("unrelated").trace.path

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: String...) throws -> Invocation { try Invocation(arguments, in: folder) }

  private func modified(_ name: String) throws -> Date? {
    try FileManager.default.attributesOfItem(atPath: folder.file(name).path)[.modificationDate] as? Date
  }

  private func inode(_ name: String) throws -> UInt64? {
    try FileManager.default.attributesOfItem(atPath: folder.file(name).path)[.systemFileNumber] as? UInt64
  }

  @Test func takesTheTracesNameInTheWorkingDirectory() throws {
    for (name, database) in [("overlap.txt.zst", "overlap.db"), ("plain.txt", "plain.db"), ("noext", "noext.db")] {
      let text = try name.hasSuffix(".zst") ? CorpusTrace("quiet").packed : CorpusTrace("quiet").text
      let other = try TemporaryFolder()
      let file = try other.write(name, text)
      #expect(try run(file.path).status == 0)
      #expect(try folder.names.contains(database))
      #expect(try other.names == [name], "nothing beside the trace")
    }
  }

  @Test func goesWhereItIsTold() throws {
    #expect(try run(trace, "--db", "here.db").status == 1)
    #expect(try folder.names == ["here.db"])
  }

  @Test func inMemoryLeavesNothing() throws {
    let inMemory = try run(trace, "--db", ":memory:")
    #expect(inMemory.status == 1)
    #expect(try folder.names == [])
    // No database to ask: the report has no commands, and is the same otherwise.
    #expect(!inMemory.text.contains("gpc-replay"))
    let inFile = try run(trace)
    let inFileLines = inFile.text.replacing(/: gpc-replay query .*/, with: "").split(separator: "\n")
    #expect(inFileLines.filter { !$0.contains("gpc-replay") } == inMemory.text.split(separator: "\n"))
  }

  /// The database is where a symbolic link leads, though nothing is there yet; the link stays.
  @Test func followsALinkToNothing() throws {
    let fileManager = FileManager.default
    try fileManager.createDirectory(at: folder.file("far"), withIntermediateDirectories: false)
    try fileManager.createSymbolicLink(atPath: folder.file("a.db").path, withDestinationPath: "b.db")
    try fileManager.createSymbolicLink(atPath: folder.file("b.db").path, withDestinationPath: "far/c.db")
    #expect(try run(trace, "--db", "a.db").status == 1)
    #expect(try fileManager.contentsOfDirectory(atPath: folder.file("far").path) == ["c.db"])
    #expect(try fileManager.destinationOfSymbolicLink(atPath: folder.file("b.db").path) == "far/c.db")
    try fileManager.createSymbolicLink(atPath: folder.file("d.db").path, withDestinationPath: "/nonexistent/e.db")
    let nowhere = try run(trace, "--db", "d.db")
    #expect(nowhere.status == 74 && nowhere.errorText.contains("/nonexistent: no such folder"))
    #expect(try folder.names == ["a.db", "b.db", "d.db", "far"])
    // A link to itself ends.
    try fileManager.createSymbolicLink(atPath: folder.file("f.db").path, withDestinationPath: "f.db")
    let round = try run(trace, "--db", "f.db")
    #expect(round.status == 2 && round.errorText.split(separator: "\n").count == 1, "\(round.errorText)")
  }

  /// Beside a name of that length there is no room for a suffix.
  @Test func aNameAsLongAsNamesAre() throws {
    // SQLite's own journal needs eight characters more.
    let name = String(repeating: "é", count: 122) + ".db"
    #expect(name.utf8.count == 247)
    #expect(try run(trace, "--db", name).status == 1)
    #expect(try run("replay", name, "--retries-max", "100000", "--stall-max", "100s").status == 0)
    #expect(try folder.names == [name])
  }

  /// A file system without flock(2): one file for the import, none left.
  @Test func withoutLocks() throws {
    let shim = try TemporaryFolder()
    let source = try shim.write(
      "flock.c", "#include <errno.h>\nint flock(int fd, int operation) { errno = ENOLCK; return -1; }\n")
    let made = "clang -shared -fPIC -o \(shim.file("flock.so").path) \(source.path)"
    let command = "\(made) && LD_PRELOAD=\(shim.file("flock.so").path) exec gpc-replay \(trace) --db t.db"
    let run = try Invocation(shell: command, in: folder.url)
    #expect(run.status == 1 && run.errorText == "", "\(run.errorText)")
    #expect(try folder.names == ["t.db"])
  }

  /// Removed is only what an import that was killed has left: by its whole name.
  @Test func leavesWhatOnlyLooksLikeItsOwn() throws {
    for name in [".t.db.partial-notes", ".t.db.partial-1-2", ".t.db.partial-1-2.bak"] { _ = try folder.write(name, "") }
    #expect(try run(trace, "--db", "t.db").status == 1)
    #expect(try folder.names == [".t.db.partial-1-2.bak", ".t.db.partial-notes", "t.db"])
  }

  /// A kill between the two names of an output leaves both; the next run is refused, for the output is there, and no
  /// later one would come to write beside it.
  @Test func aRefusedOutputLeavesNothingBeside() throws {
    #expect(try run(trace, "--db", "t.db").status == 1)
    for name in ["p.html", ".p.html.partial-999999-0", ".p.html.partial-notes"] { _ = try folder.write(name, "") }
    #expect(try run("report", "t.db", "-o", "p.html").status == 74)
    #expect(try folder.names == [".p.html.partial-notes", "p.html", "t.db"])
  }

  /// A named pipe without a writer is refused at once; one that the shell has opened is read.
  @Test(arguments: [["report", "p"], ["replay", "p"], ["query", "p", "vm"], ["--probes", "p"], ["-f", "p"]])
  func pipesAreNotWaitedFor(arguments: [String]) throws {
    #expect(mkfifo(folder.file("p").path, 0o600) == 0)
    _ = try run(trace, "--db", "t.db")
    let whole =
      switch arguments[0] {
      case "--probes": [trace, "--db", "u.db"] + arguments
      case "-f": ["query", "t.db"] + arguments
      case _: arguments
      }
    let run = try Invocation(whole, in: folder)
    #expect(run.status == 2 && run.errorText.hasPrefix("gpc-replay: p "), "\(run.errorText)")
    let opened = try Invocation(shell: "gpc-replay query t.db -f <(echo 'SELECT 7')", in: folder.url)
    #expect(opened.status == 0 && opened.text.hasSuffix("7\n"), "\(opened.errorText)")
  }

  /// The command below a report can be typed, whatever the file is called.
  @Test(arguments: ["-d.txt", "e\u{1b}[31m'r\\.txt", "b\u{202e}i.txt", "a b.txt"])
  func printedCommandsCanBeTyped(name: String) throws {
    let text = try CorpusTrace("contract").text
    try Data(text).write(to: folder.file(name))
    let report = try run("./" + name)
    let command = try #require(report.text.split(separator: "\n").last { $0.hasPrefix("  gpc-replay explain ") })
    let explained = try Invocation(shell: String(command), in: folder.url)
    #expect(explained.status == 0 && explained.text.contains("kvm_gpc_check() says yes"), "\(command): \(explained)")
  }

  /// What a terminal would obey is not printed to it.
  @Test func namesInSentencesAreSafe() throws {
    let run = try run("report", "a\u{1b}[31m\u{202e}.db")
    #expect(run.status == 2 && run.errorText == "gpc-replay: a?[31m?.db: no such database.\n")
  }

  @Test func isNotImportedTwice() throws {
    let first = try run(trace)
    let (time, number) = try (modified("trace.db"), inode("trace.db"))
    let again = try run(trace)
    #expect(again.output == first.output && again.status == first.status)
    #expect(try modified("trace.db") == time && inode("trace.db") == number)
    #expect(try run("import", trace).text.contains("already holds"))
    #expect(try modified("trace.db") == time && inode("trace.db") == number)
  }

  @Test func isImportedAgainWhereTheTraceOrTheWishDiffers() throws {
    _ = try run(trace)
    let number = try inode("trace.db")
    #expect(try run("import", trace, "--force").text.contains("imported"))
    #expect(try inode("trace.db") != number)
    let otherTrace = try run(CorpusTrace("quiet").trace.path)
    #expect(otherTrace.status == 0 && otherTrace.text.contains("762 lines"))
    let otherClock = try run(CorpusTrace("quiet").trace.path, "--clock", "mono")
    #expect(otherClock.text.contains("clock mono"))
  }

  @Test func otherThresholdsNeedNoImport() throws {
    let first = try run(trace)
    let number = try inode("trace.db")
    let patient = try run(trace, "--retries-max", "100000", "--stall-max", "100s")
    #expect(first.status == 1 && patient.status == 0)
    #expect(try inode("trace.db") == number)
    // The same by the verb of its own, and back.
    #expect(try run("replay", "trace.db", "--retries-max", "100000", "--stall-max", "100s").output == patient.output)
    #expect(try run("replay", "trace.db").output == first.output)
    #expect(try inode("trace.db") == number)
  }

  @Test func importAndReplayGiveWhatRunGives() throws {
    let whole = try run(trace)
    let other = try TemporaryFolder()
    #expect(try Invocation(["import", trace], in: other).status == 0)
    let replayed = try Invocation(["replay", "trace.db"], in: other)
    #expect(replayed.output == whole.output && replayed.status == whole.status)
  }

  @Test func readsStandardInput() throws {
    let quiet = CorpusTrace("quiet")
    let plain = try folder.write("quiet.txt", quiet.text)
    let packed = try Invocation(["-", "--db", "packed.db"], in: folder, input: quiet.trace)
    let unpacked = try Invocation(["-", "--db", "plain.db"], in: folder, input: plain)
    #expect(packed.status == 0 && unpacked.status == 0)
    #expect(packed.text == unpacked.text && packed.text.contains("\nstandard input: "))
    // Without a name of its own, and never taken for known.
    #expect(try Invocation(["import", "-"], in: folder, input: plain).text.contains("imported"))
    #expect(try Invocation(["import", "-"], in: folder, input: plain).text.contains("imported"))
    #expect(try folder.names.contains("stdin.db"))
  }
}

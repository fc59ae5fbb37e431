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

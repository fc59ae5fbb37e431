// Input that is no trace at all: one sentence, exit status 2, and no database left behind.

import Foundation
import RealBinary
import Renderings
import Testing

@Suite struct NoTraceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func refuses(_ name: String, _ words: String) throws {
    let before = try folder.names
    for verb in [["run", name], ["import", name], [name, "--db", "out.db"]] {
      let run = try Invocation(verb, in: folder)
      #expect(run.status == 2 && run.text == "", "\(verb)")
      #expect(run.errorText.hasPrefix("gpc-replay: \(name) ") && run.errorText.contains(words), "\(run.errorText)")
      #expect(run.errorText.filter { $0 == "\n" }.count == 1 && run.errorText.hasSuffix(".\n"), "one sentence")
      #expect(try folder.names == before, "nothing is left behind")
    }
  }

  @Test func aFileThatIsNotThere() throws { try refuses("none.txt", "No such file or directory") }

  @Test func aFolder() throws {
    try FileManager.default.createDirectory(at: folder.file("folder"), withIntermediateDirectories: false)
    try refuses("folder", "directory")
  }

  @Test func anEmptyFile() throws {
    _ = try folder.write("empty.txt", "")
    try refuses("empty.txt", "empty")
  }

  @Test func aProgram() throws {
    try FileManager.default.copyItem(at: URL(filePath: "/bin/ls").resolvingSymlinksInPath(), to: folder.file("program"))
    try refuses("program", "ELF")
  }

  @Test func jsonText() throws {
    _ = try folder.write("x.json", #"{"layout": 1, "events": [1, 2, 3]}"# + "\n")
    try refuses("x.json", "JSON")
  }

  @Test func programText() throws {
    _ = try folder.write("x.c", "#include <stdio.h>\n\nint main(void)\n{\n\treturn 0;\n}\n")
    try refuses("x.c", "not a recorded trace")
  }

  @Test func aDatabase() throws {
    #expect(
      try Invocation(["import", CorpusTrace("quiet").trace.path, "--db", "quiet.sqlite"], in: folder).status == 0)
    let imported = try Invocation(["import", "quiet.sqlite"], in: folder)
    #expect(imported.status == 2 && imported.errorText.contains("SQLite"))
    // One of ours has a report.
    let shown = try Invocation(["quiet.sqlite"], in: folder)
    #expect(shown.status == 3 && shown.errorText == "")
    #expect(shown.text.hasPrefix("Imported, but not replayed: gpc-replay replay quiet.sqlite judges it.\n"))
    for option in [["--db", "out.db"], ["--clock", "mono"], ["--delta", "1us"]] {
      #expect(try Invocation(["quiet.sqlite"] + option, in: folder).status == 64)
    }
    _ = try folder.write("foreign.sqlite", "SQLite format 3\0" + String(repeating: "\0", count: 4080))
    for verb in ["run", "report"] {
      let foreign = try Invocation([verb, "foreign.sqlite"], in: folder)
      #expect(foreign.status == 2 && foreign.text == "" && foreign.errorText.contains("foreign.sqlite"))
    }
    #expect(try folder.names == ["foreign.sqlite", "quiet.sqlite"])
  }

  @Test(arguments: [1, 7, 4096, 300_000]) func bytesOfNoKind(count: Int) throws {
    // A fixed sequence (xorshift64), so that a failure shows itself again.
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    let bytes = (0..<count).map { _ -> UInt8 in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return UInt8(truncatingIfNeeded: state >> 32)
    }
    _ = try folder.write("random", bytes)
    try refuses("random", "not a recorded trace")
  }

  @Test func aStreamThatIsNoTraceInside() throws {
    _ = try folder.write("x.zst", zstd(Array("int main(void) { return 0; }\n".utf8)))
    try refuses("x.zst", "not a recorded trace")
  }

  /// A database of the same name that was there before stays as it is.
  @Test func leavesAnEarlierDatabaseAlone() throws {
    _ = try Invocation(["import", CorpusTrace("quiet").trace.path, "--db", "out.db"], in: folder)
    let before = try folder.bytes("out.db")
    _ = try folder.write("x.c", "int x;\n")
    #expect(try Invocation(["x.c", "--db", "out.db"], in: folder).status == 2)
    #expect(try folder.bytes("out.db") == before)
  }
}

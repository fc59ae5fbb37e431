// Records of a trace.dat as text, held against trace-cmd's own.

import Foundation
import KVMEvents
import Testing

@testable import TraceReaders

@Suite struct RecordPrinterTests {
  private static let all = Set(EventID(0)...100_000)

  private func printed(_ name: String) throws -> TextLines {
    try TextLines(ofRecords: .file(path: Fixture.path("\(name).dat")), wanted: Self.all)
  }

  /// In the text, `cpus=4` stands in front: a record is the line behind its number.
  private func expectSame(_ printed: TextLines, _ text: TextLines) {
    #expect(printed.header[0] == text.lines[1])
    for (line, theirs) in text.lines where line > 1 {
      guard let bytes = printed.lines[line - 1] else {
        // Only what no replay needs may be left without words: a string, a table of names.
        let text = String(decoding: theirs, as: UTF8.self)
        #expect(text.contains(" print: ") || text.contains(" kvm_userspace_exit: "))
        continue
      }
      // Debian 12's trace-cmd stops reading the saved comms at the first one that it does not understand: behind the
      // comm, then.
      let unnamed = Array("           <...>-".utf8)
      let from = theirs.indices.first { theirs[$0...].starts(with: unnamed) }.map { $0 + unnamed.count } ?? 0
      let (own, wanted) = (String(decoding: bytes.dropFirst(from), as: UTF8.self), theirs.dropFirst(from))
      #expect(own == String(decoding: wanted, as: UTF8.self))
    }
  }

  @Test(arguments: [
    ("quiet", "quiet-reportt"), ("quiet-v6", "quiet-reportt"), ("quiet-zlib", "quiet-reportt"),
    ("quiet-big-endian", "quiet-reportt"), ("storm-lossy-chunks", "storm-lossy-chunks"),
    ("unrelated-chunks", "unrelated-chunks"),
  ])
  func everyLineIsThatOfTheText(name: String, text: String) throws {
    let text = try TextLines(of: .file(path: Fixture.path("\(text).txt.zst")), wanted: Self.all)
    let printed = try printed(name)
    #expect(printed.lines.count > 700)
    expectSame(printed, text)
  }

  @Test(.enabled(if: TraceCmd.isInstalled), arguments: TraceDatTests.files)
  func everyLineIsTraceCmds(name: String) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "gpc-replay-test-\(UUID().uuidString)")
    try Data(try TraceCmd.report(Fixture.path("\(name).dat"))).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    expectSame(
      try printed(name), try TextLines(of: .file(path: file.path(percentEncoded: false)), wanted: Self.all))
  }
}

// Habits that the formatter does not hold: what a file begins with, how wide comments are, what documents name.

import Foundation
import RealBinary
import Testing

@Suite struct TidyTests {
  private static let folders = ["Sources", "Tests", "tools"]
  private static let widthMax = 120

  private static let swiftFiles: [String] = folders.flatMap { folder in
    let found = FileManager.default.enumerator(atPath: CorpusTrace.root.appending(path: folder).path)
    return (found?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".swift") }.map { "\(folder)/\($0)" }
  }.sorted()

  private static func lines(of file: String) throws -> [Substring] {
    try String(contentsOf: CorpusTrace.root.appending(path: file), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
  }

  @Test func thereAreFiles() { #expect(Self.swiftFiles.count > 500) }

  @Test func theFirstLineSaysTheRole() throws {
    let without = try Self.swiftFiles.filter { try Self.lines(of: $0).first?.hasPrefix("// ") != true }
    #expect(without == [])
  }

  /// `swift format` holds code to it, and leaves comments alone.
  @Test func commentsAreNoWiderThanCode() throws {
    var wide: [String] = []
    for file in Self.swiftFiles {
      for (index, line) in try Self.lines(of: file).enumerated()
      where line.count > Self.widthMax && line.drop(while: { $0 == " " }).hasPrefix("//") {
        wide.append("\(file):\(index + 1)")
      }
    }
    #expect(wide == [])
  }

  /// Paths of the project in backticks: `Sources/…`, `tools/bench`, `docs/evidence.md`.
  @Test(arguments: ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs"])
  func documentsNameWhatExists(document: String) throws {
    let root = CorpusTrace.root
    let files =
      document.hasSuffix(".md")
      ? [document]
      : try FileManager.default.contentsOfDirectory(atPath: root.appending(path: document).path)
        .map { "\(document)/\($0)" }
    let path = #/`((?:Sources|Tests|tools|docs|schema|traces)/[A-Za-z0-9_+./-]*[A-Za-z0-9])`/#
    for file in files {
      let text = try String(contentsOf: root.appending(path: file), encoding: .utf8)
      let missing = Set(text.matches(of: path).map { String($0.1) }).filter { named in
        !FileManager.default.fileExists(atPath: root.appending(path: named).path)
      }
      #expect(missing.sorted() == [], "\(file)")
    }
  }
}

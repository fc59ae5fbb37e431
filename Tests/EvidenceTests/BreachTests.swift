// Breaches of monotone evidence that were found, made small: they stay mended.

import EvidenceParts
import Foundation
import KVMEvents
import Testing

@Suite("Breaches that were found")
struct BreachTests {
  /// A folder of `Breaches/`: a recording, what is left of a part of it, and what was wrong.
  struct Fixture: Sendable, CustomTestStringConvertible {
    let folder: URL
    var testDescription: String { folder.lastPathComponent }

    func file(_ name: String) -> URL { folder.appending(path: name + ".txt") }

    var monotony: Monotony {
      get throws {
        let text = try String(contentsOf: file("breach"), encoding: .utf8)
        let clock: TraceClock = text.contains("clock mono") ? .mono : .local
        return try Monotony(WholeRecording(.file(path: file("whole").path), name: testDescription, clock: clock))
      }
    }
  }

  static let fixtures: [Fixture] = {
    let folder = EvidenceRecording.folder.appending(path: "Breaches")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { !$0.hasSuffix(".md") }.sorted().map { Fixture(folder: folder.appending(path: $0)) }
  }()

  @Test("Nothing is said of the part that is not said of the whole", arguments: fixtures)
  func isMended(_ fixture: Fixture) throws {
    let wrong = try fixture.monotony.contradictions(
      ofTextIn: .file(path: fixture.file("part").path), wholeText: .file(path: fixture.file("whole").path))
    #expect(wrong.map { "\($0.kind): \($0.text)" } == [])
  }

  @Test("The parts are parts: each takes something away, and leaves something", arguments: fixtures)
  func isPart(_ fixture: Fixture) throws {
    let lines = try ["whole", "part"].map { name in
      try String(contentsOf: fixture.file(name), encoding: .utf8).split(separator: "\n").filter {
        !$0.hasPrefix("CPU:")
      }
    }
    #expect(Set(lines[1]).isSubset(of: lines[0]))
    #expect(!lines[1].isEmpty)
  }
}

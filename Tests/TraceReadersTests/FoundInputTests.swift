// Inputs that damage found, kept small (Fixtures/Found): each goes through every reader, again and again.

import Foundation
import KVMEvents
import Renderings
import Testing

@testable import TraceReaders

@Suite struct FoundInputTests {
  static let names: [String] = {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: Fixture.path("Found")).sorted()
        .filter { $0 != "README.md" }
    } catch {
      preconditionFailure("the found inputs cannot be read: \(error)")
    }
  }()

  /// nil: recognised by its content.
  private static let forms: [InputFormat?] = [nil] + InputFormat.allCases.map { $0 }

  private func read(_ bytes: [UInt8], as form: InputFormat?) throws {
    var options = TraceReadOptions()
    options.format = form
    options.keepsUnknown = true
    do {
      let recording = try Recording(bytes, options: options)
      #expect(recording.issues.allSatisfy { !$0.reason.isEmpty })
      #expect(zip(recording.events, recording.events.dropFirst()).allSatisfy { $0.id < $1.id })
    } catch let error as TraceReadError {
      #expect(!error.predicate.isEmpty)
    }
  }

  @Test(arguments: names, forms)
  func everyReaderComesToItsEnd(name: String, form: InputFormat?) throws {
    let bytes = try Fixture.packed("Found/\(name)")
    try read(bytes, as: form)
    try read(zstd(bytes), as: form)
    try read(Array(bytes.dropLast(bytes.count / 3)), as: form)
  }

  @Test(arguments: names) func theCatalogueIsTakenOrSaidToBeWrong(name: String) throws {
    let text = String(decoding: try Fixture.packed("Found/\(name)"), as: UTF8.self)
    do throws(CatalogueError) {
      let catalogue = try ProbeCatalogue.embedded.overridden(by: text)
      #expect(!catalogue.meanings.isEmpty)
    } catch {
      #expect(error.line > 0 && !error.reason.isEmpty)
    }
  }

  /// A row of the database has each name once; those that lose their difference with their bytes are numbered.
  @Test func namesThatLookAlikeAreNumbered() throws {
    let recording = try Recording(Fixture.packed("Found/report-names-that-are-no-utf8.txt"))
    #expect(recording.names.map(\.name) == ["gpc\u{fffd}", "gpc\u{fffd} (2)", "gpc_init"])
    #expect(recording.names.map(\.count) == [1, 1, 1])
  }

  /// A trace.dat's own event may have the name under which losses go: the file ends early, so it has both.
  @Test func anEventMayBeNamedLikeALoss() throws {
    var file = try DatBytes("quiet-v6.dat")
    file.replace("name: gpc_activate\n", with: "name: lost events\n\n")
    let recording = try Recording(Array(file.bytes.dropLast(4096)))
    let names = recording.names.map(\.name)
    #expect(names.contains("lost events") && names.contains("lost events (2)"))
    #expect(Set(names).count == names.count)
  }

  /// The name says which target of tools/fuzz begins with it.
  @Test(arguments: names) func itsNameSaysWhatItIsOf(name: String) throws {
    let targets = [
      "trace-dat", "text", "perf-script", "perf-data", "bpftrace", "packed", "catalogue", "report", "compare",
      "database",
    ]
    #expect(targets.contains { name.hasPrefix("\($0)-") })
    #expect(try Fixture.packed("Found/\(name)").count <= 16_384, "small enough to be looked at")
  }
}

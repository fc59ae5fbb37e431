// A folder of the corpus.

import FileSystem
import FoundationEssentials

/// One case: a folder with a trace and its description.
package struct CorpusCase: Equatable, Sendable {
  /// `topic/case`, its path in the corpus.
  package let name: String
  package let folder: String

  package static let descriptionName = "case.toml"
  package static let traceNames = ["trace.txt.zst", "trace.dat", "trace.txt"]

  package init(name: String, folder: String) {
    self.name = name
    self.folder = folder
  }

  package var descriptionPath: String { folder + "/" + Self.descriptionName }

  /// - Parameter lacking: forms that it may expect nothing of.
  package func description(lacking: [String] = []) throws(CaseFault) -> CaseDescription {
    guard try kind(of: Self.descriptionName) != nil else { throw .noDescription }
    return try CaseDescription(toml: try descriptionText(), lacking: lacking)
  }

  package func descriptionText() throws(CaseFault) -> String {
    do {
      return try String(contentsOfFile: descriptionPath, encoding: .utf8)
    } catch {
      throw .unreadable(file: Self.descriptionName, reason: "it is not UTF-8 text, or not readable")
    }
  }

  package func tracePath() throws(CaseFault) -> String {
    var there: [String] = []
    for name in Self.traceNames where try kind(of: name) != nil { there.append(name) }
    guard let first = there.first else { throw .noTrace }
    guard there.count == 1 else { throw .severalTraces(there) }
    // Opening a pipe would block indefinitely.
    guard try kind(of: first) == .file else { throw .unreadable(file: first, reason: "it is not a file") }
    return folder + "/" + first
  }

  private func kind(of file: String) throws(CaseFault) -> FileKind? {
    do throws(SystemCallError) {
      return try FileKind.of(folder + "/" + file)
    } catch {
      throw .unreadable(file: file, reason: error.reason)
    }
  }
}

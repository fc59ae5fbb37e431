// A folder of the corpus.

import FoundationEssentials
import Glibc

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
    guard FileManager.default.fileExists(atPath: descriptionPath) else { throw .noDescription }
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
    let there = Self.traceNames.filter { FileManager.default.fileExists(atPath: folder + "/" + $0) }
    guard let first = there.first else { throw .noTrace }
    guard there.count == 1 else { throw .severalTraces(there) }
    let path = folder + "/" + first
    guard Self.isFile(path) else { throw .unreadable(file: first, reason: "it is not a file") }
    return path
  }

  /// Opening a pipe would block indefinitely.
  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}

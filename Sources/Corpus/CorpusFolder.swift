// The cases in a folder.

import FileSystem
import FoundationEssentials

/// `DIR/topic/case`, or a topic's folder, or a case's own.
package struct CorpusFolder: Sendable {
  /// By name.
  package let cases: [CorpusCase]

  package enum Fault: Error, Equatable {
    case notFound
    case notAFolder
    case empty
    /// `part`: a path in it, or its own.
    case unreadable(part: String, reason: String)

    package var predicate: String {
      switch self {
      case .notFound: "does not exist"
      case .notAFolder: "is not a folder"
      case .empty: "holds no case: a case is a folder DIR/topic/case with a trace and \(CorpusCase.descriptionName)"
      case .unreadable(let part, let reason): "cannot be searched: \(part): \(reason)"
      }
    }
  }

  package init(_ path: String) throws(Fault) {
    let kind: FileKind?
    let found: [CorpusCase]
    do throws(SystemCallError) {
      kind = try FileKind.of(path)
      found = kind == .folder ? try Self.cases(in: path) : []
    } catch {
      throw .unreadable(part: error.path, reason: error.reason)
    }
    guard let kind else { throw .notFound }
    guard kind == .folder else { throw .notAFolder }
    guard !found.isEmpty else { throw .empty }
    cases = Self.distinct(found)
  }

  /// A folder with a trace or a description is a case; one with neither is searched, two levels deep, and an empty one
  /// at the depth of a case is a broken case rather than none.
  private static func cases(in path: String) throws(SystemCallError) -> [CorpusCase] {
    let root = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let names = try namesInFolder(root)
    if isCase(names) { return [CorpusCase(name: name(ofCaseAt: root), folder: root)] }
    var found: [CorpusCase] = []
    for topic in try folders(names, in: root) {
      let topicPath = root + "/" + topic
      let names = try namesInFolder(topicPath)
      if isCase(names) {
        found.append(CorpusCase(name: name(ofCaseAt: topicPath), folder: topicPath))
        continue
      }
      for name in try folders(names, in: topicPath) {
        found.append(CorpusCase(name: topic + "/" + name, folder: topicPath + "/" + name))
      }
    }
    return found
  }

  /// Outcomes are distinguished by name: if two cases would have the same one, each has its folder's path.
  private static func distinct(_ cases: [CorpusCase]) -> [CorpusCase] {
    let count = cases.reduce(into: [:]) { $0[$1.name, default: 0] += 1 }
    return cases.map { count[$0.name] == 1 ? $0 : CorpusCase(name: $0.folder, folder: $0.folder) }
  }

  private static func isCase(_ names: [String]) -> Bool {
    names.contains { $0 == CorpusCase.descriptionName || CorpusCase.traceNames.contains($0) }
  }

  /// The last two parts, where there are two.
  private static func name(ofCaseAt path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." && $0 != ".." }
    if parts.count >= 2 { return parts.suffix(2).joined(separator: "/") }
    let full = FileManager.default.currentDirectoryPath + "/" + path
    return full.split(separator: "/").filter { $0 != "." && $0 != ".." }.suffix(2).joined(separator: "/")
  }

  private static func folders(_ names: [String], in path: String) throws(SystemCallError) -> [String] {
    var folders: [String] = []
    for name in names where !name.hasPrefix(".") {
      if try FileKind.of(path + "/" + name) == .folder { folders.append(name) }
    }
    return folders
  }
}

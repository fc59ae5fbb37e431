// The cases in a folder.

import FoundationEssentials

/// `DIR/topic/case`, or a topic's folder, or a case's own.
package struct CorpusFolder: Sendable {
  /// By name.
  package let cases: [CorpusCase]

  package enum Fault: Error, Equatable {
    case notFound
    case notAFolder
    case empty
    case unreadable

    package var predicate: String {
      switch self {
      case .notFound: "does not exist"
      case .notAFolder: "is not a folder"
      case .empty: "holds no case: a case is a folder DIR/topic/case with a trace and \(CorpusCase.descriptionName)"
      case .unreadable: "cannot be read"
      }
    }
  }

  package init(_ path: String) throws(Fault) {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .notFound }
    guard isFolder else { throw .notAFolder }
    let found = try Self.cases(in: path)
    guard !found.isEmpty else { throw .empty }
    cases = Self.distinct(found)
  }

  /// A folder with a trace or a description is a case; one with neither is searched, two levels deep, and an empty one
  /// at the depth of a case is a broken case rather than none.
  private static func cases(in path: String) throws(Fault) -> [CorpusCase] {
    let root = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    if isCase(root) { return [CorpusCase(name: name(ofCaseAt: root), folder: root)] }
    var found: [CorpusCase] = []
    for topic in try folders(in: root) {
      let topicPath = root + "/" + topic
      if isCase(topicPath) {
        found.append(CorpusCase(name: name(ofCaseAt: topicPath), folder: topicPath))
        continue
      }
      for name in try folders(in: topicPath) {
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

  private static func isCase(_ path: String) -> Bool {
    ([CorpusCase.descriptionName] + CorpusCase.traceNames).contains {
      FileManager.default.fileExists(atPath: path + "/" + $0)
    }
  }

  /// The last two parts, where there are two.
  private static func name(ofCaseAt path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." && $0 != ".." }
    if parts.count >= 2 { return parts.suffix(2).joined(separator: "/") }
    let full = FileManager.default.currentDirectoryPath + "/" + path
    return full.split(separator: "/").filter { $0 != "." && $0 != ".." }.suffix(2).joined(separator: "/")
  }

  private static func folders(in path: String) throws(Fault) -> [String] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw .unreadable
    }
    return names.filter { name in
      var isFolder = false
      return !name.hasPrefix(".") && FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isFolder)
        && isFolder
    }.sorted()
  }
}

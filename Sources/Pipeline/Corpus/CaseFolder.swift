// A case's folder, created whole or not at all.

import CZstd
import Corpus
import FoundationEssentials
import Glibc

/// Where a new case goes.
package struct CaseFolder {
  package let path: String

  /// Rejects an existing folder, before anything is done.
  package init(_ path: String) throws(CutFault) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    if FileManager.default.fileExists(atPath: self.path) {
      throw .exists(path: self.path)
    }
  }

  private static let traceName = "/trace.txt.zst"

  /// As commands in the case name it: without any path of the host.
  package var trace: String {
    guard path.hasPrefix("/") else { return path + Self.traceName }
    let here = FileManager.default.currentDirectoryPath + "/"
    return (path.hasPrefix(here) ? String(path.dropFirst(here.count)) : name) + Self.traceName
  }
  /// `topic/case`.
  package var name: String { path.split(separator: "/").suffix(2).joined(separator: "/") }

  /// Written next to its final path and renamed.
  func write(_ text: [UInt8], _ description: CaseDescription) throws(CutFault) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let parent = parts.count > 1 ? parts.dropLast().joined(separator: "/") : "."
    let made = try makeFolders(parent.isEmpty ? "/" : parent)
    let staging = "\(parent)/.\(parts.last ?? "case").\(getpid())"
    do throws(CutFault) {
      guard mkdir(staging, 0o755) == 0 else { throw CutFault.unwritable(path: path, errno: errno) }
      try Self.write(Self.packed(text), to: staging + Self.traceName)
      try Self.write(Array(description.toml.utf8), to: staging + "/" + CorpusCase.descriptionName)
      guard rename(staging, path) == 0 else { throw CutFault.unwritable(path: path, errno: errno) }
    } catch {
      for name in [Self.traceName, "/" + CorpusCase.descriptionName] { unlink(staging + name) }
      rmdir(staging)
      for folder in made.reversed() { rmdir(folder) }
      throw error
    }
  }

  /// The ones that did not exist.
  private func makeFolders(_ parent: String) throws(CutFault) -> [String] {
    var made: [String] = []
    var folder = ""
    for part in parent.split(separator: "/", omittingEmptySubsequences: false) {
      folder += folder.isEmpty && part != "" ? String(part) : "/" + part
      if folder == "/" || FileManager.default.fileExists(atPath: folder) { continue }
      guard mkdir(folder, 0o755) == 0 else {
        let number = errno
        for folder in made.reversed() { rmdir(folder) }
        throw .unwritable(path: path, errno: number)
      }
      made.append(folder)
    }
    return made
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(CutFault) {
    do throws(FileWriteError) {
      try writeFile(bytes, to: path)
    } catch {
      throw .unwritable(path: path, errno: error.errno)
    }
  }

  private static func packed(_ text: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(text.count)) { block, count in
      count = ZSTD_compress(block.baseAddress, block.count, text, text.count, 19)
      precondition(ZSTD_isError(count) == 0, "libzstd cannot pack a cut")
    }
  }
}

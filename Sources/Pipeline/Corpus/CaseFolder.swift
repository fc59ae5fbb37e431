// A case's folder, created whole or not at all.

import CZstd
import Corpus
import FileSystem
import FoundationEssentials
import Glibc
import TraceStore

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
    guard let packed = Self.packed(text) else { throw unwritable(ENOMEM) }
    let files = [(Self.traceName, packed), ("/" + CorpusCase.descriptionName, Array(description.toml.utf8))]
    let place = UnfinishedPlace(beside: path, parts: files.map { String($0.0.dropFirst()) })
    let parents = try makeFolders(place.folder)
    do throws(CutFault) {
      let made: UnfinishedPlace.Made
      do throws(SystemCallError) { made = try place.makeFolder() } catch { throw unwritable(error.errno) }
      do throws(CutFault) {
        for (name, bytes) in files { try write(bytes, to: made.path + name) }
        guard FinalPath.syncFolder(made.path), rename(made.path, path) == 0 else { throw unwritable(errno) }
      } catch {
        place.discard(made)
        throw error
      }
      close(made.descriptor)
    } catch {
      for parent in parents.reversed() { rmdir(parent.path) }
      throw error
    }
    guard FinalPath.syncFolder(place.folder) else { throw unwritable(errno) }
  }

  private func unwritable(_ errno: Int32) -> CutFault {
    // Another process has made it meanwhile.
    errno == ENOTEMPTY || errno == EEXIST ? .exists(path: path) : .unwritable(path: path, errno: errno)
  }

  /// A folder made for the case, which a signal that ends the process removes.
  private typealias Parent = (path: String, name: UnfinishedName)

  /// The ones that did not exist, each with its name synced.
  private func makeFolders(_ parent: String) throws(CutFault) -> [Parent] {
    var made: [Parent] = []
    var folder = ""
    for part in parent.split(separator: "/", omittingEmptySubsequences: false) {
      folder += folder.isEmpty && part != "" ? String(part) : "/" + part
      if folder == "/" || FileManager.default.fileExists(atPath: folder) { continue }
      let name = UnfinishedName(folder)
      let isMade = mkdir(folder, 0o777) == 0
      // Another process may have made it just now.
      if !isMade, errno == EEXIST { continue }
      if isMade { made.append((folder, name)) }
      guard isMade, FinalPath.syncFolder(FinalPath.split(folder).folder) else {
        let number = errno
        for folder in made.reversed() { rmdir(folder.path) }
        throw unwritable(number)
      }
    }
    return made
  }

  /// Synced: the folder's name promises that they are whole.
  private func write(_ bytes: [UInt8], to path: String) throws(CutFault) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw unwritable(errno) }
    defer { close(descriptor) }
    do throws(FileWriteError) { try writeAll(bytes, to: descriptor) } catch { throw unwritable(error.errno) }
    guard fsync(descriptor) == 0 else { throw unwritable(errno) }
  }

  /// nil: there is not enough memory.
  private static func packed(_ text: [UInt8]) -> [UInt8]? {
    let packed = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(text.count)) { block, count in
      count = ZSTD_compress(block.baseAddress, block.count, text, text.count, 19)
      if ZSTD_isError(count) != 0 { count = 0 }
    }
    return packed.isEmpty ? nil : packed
  }
}

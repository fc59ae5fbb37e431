// An output file that is there whole or not at all.

import FileSystem
import Glibc
import TraceStore

/// Why a file was not written.
package enum OutputFileError: Error {
  /// It is there, and was not to be replaced.
  case exists
  case isDirectory
  case failed(errno: Int32)
}

/// A file that is filled under another name beside its own, and gets its own once it is complete. A pipe or a device is
/// written to directly.
package final class OutputFile {
  /// Where it will be.
  private let path: String
  private let replaces: Bool
  private let place: UnfinishedPlace
  /// nil: it is written to directly.
  private let made: UnfinishedPlace.Made?
  private let descriptor: Int32
  private var isOpen = true

  /// A pipe or a device.
  package var isSpecial: Bool { made == nil }

  /// - Parameters:
  ///   - path: `-` for standard output.
  ///   - replaces: a file that is there.
  package init(_ path: String, replaces: Bool) throws(OutputFileError) {
    self.path = FinalPath.resolve(path)
    self.replaces = replaces
    place = UnfinishedPlace(beside: self.path)
    let isSpecial = path == "-" ? true : try Self.isSpecial(path, replaces: replaces)
    if isSpecial {
      made = nil
      descriptor = path == "-" ? dup(STDOUT_FILENO) : open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw .failed(errno: errno) }
    } else {
      do throws(SystemCallError) {
        let made = try place.makeFile()
        self.made = made
        descriptor = made.descriptor
      } catch { throw .failed(errno: error.errno) }
    }
  }

  /// Throws what the initializer would of a file that is there: before long work.
  package static func check(_ path: String, replaces: Bool) throws(OutputFileError) {
    _ = try isSpecial(path, replaces: replaces)
  }

  /// Is it a pipe or a device?
  private static func isSpecial(_ path: String, replaces: Bool) throws(OutputFileError) -> Bool {
    let kind: FileKind?
    do throws(SystemCallError) { kind = try FileKind.of(path) } catch { throw .failed(errno: error.errno) }
    switch kind {
    case nil: return false
    case .folder: throw .isDirectory
    case .file where !replaces:
      // A process that was killed between the two names left the other one; no later one would come to write beside it.
      UnfinishedPlace(beside: FinalPath.resolve(path)).removeLeftovers()
      throw .exists
    case .file: return false
    case .other: return true
    }
  }

  package func write(_ bytes: [UInt8]) throws(OutputFileError) {
    do throws(FileWriteError) { try writeAll(bytes, to: descriptor) } catch { throw .failed(errno: error.errno) }
  }

  /// It gets its name.
  package func finish() throws(OutputFileError) {
    defer { discard() }
    guard let made else {
      isOpen = false
      guard close(descriptor) == 0 else { throw .failed(errno: errno) }
      return
    }
    guard fsync(descriptor) == 0 else { throw .failed(errno: errno) }
    try takeName(from: made.path)
    guard FinalPath.syncFolder(place.folder) else { throw .failed(errno: errno) }
  }

  /// The lock is held: another process that looks for leftovers passes it over.
  private func takeName(from partial: String) throws(OutputFileError) {
    // A link takes no name that is taken meanwhile; file systems without hard links have the rename alone.
    if !replaces {
      if link(partial, path) == 0 { return }
      if errno == EEXIST { throw .exists }
    }
    guard rename(partial, path) == 0 else { throw .failed(errno: errno) }
  }

  /// What was written so far, or the name that it was written under, is removed.
  package func discard() {
    guard isOpen else { return }
    isOpen = false
    if let made { place.discard(made) } else { close(descriptor) }
  }

  deinit { discard() }
}

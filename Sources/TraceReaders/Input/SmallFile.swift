// A small file of the user, read whole.

import FileSystem

/// Why one is not read.
package enum SmallFileError: Error, Equatable {
  case unreadable(TraceReadError)
  /// More than a megabyte.
  case tooLarge
  /// A pipe or a device with a name of its own: it may have no end, or no beginning.
  case noFile
}

extension SmallFileError {
  /// What is said of the file after its name.
  /// - Parameter kind: what it should be: `probe catalogue`.
  package func predicate(_ kind: String) -> String {
    switch self {
    case .unreadable(.isDirectory): "is a directory, not a \(kind)"
    case .unreadable(let reason): reason.predicate
    case .tooLarge: "is no \(kind): it is too large"
    case .noFile: "is no \(kind): it is a pipe or a device, not a file"
    }
  }
}

package enum SmallFile {
  private static let bytesMax = 1 << 20

  /// The text of a plain or compressed file, or of a pipe that the shell has opened (`<(…)`).
  package static func text(_ path: String) throws(SmallFileError) -> String {
    guard isOpen(path) || isFile(path) else { throw .noFile }
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: bytesMax, alignment: 1)
    defer { block.deallocate() }
    do throws(TraceReadError) {
      var file = try InputFile(.file(path: path))
      var count = 0
      while count < bytesMax {
        let more = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: block[count...]))
        if more == 0 { return String(decoding: block[..<count], as: UTF8.self) }
        count += more
      }
    } catch {
      throw .unreadable(error)
    }
    throw .tooLarge
  }

  /// A descriptor of this process: the shell has opened it.
  private static func isOpen(_ path: String) -> Bool {
    ["/dev/stdin", "/dev/fd/", "/proc/self/fd/"].contains { path.hasPrefix($0) }
  }

  /// What is not there, or cannot be looked at, is said by its reading.
  private static func isFile(_ path: String) -> Bool { (try? FileKind.of(path)) != .other }
}

// A small file of the user, read whole.

/// Why one is not read.
package enum SmallFileError: Error, Equatable {
  case unreadable(TraceReadError)
  /// More than a megabyte.
  case tooLarge
}

package enum SmallFile {
  private static let bytesMax = 1 << 20

  /// The text of a plain or compressed file, or of a pipe.
  package static func text(_ path: String) throws(SmallFileError) -> String {
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
}

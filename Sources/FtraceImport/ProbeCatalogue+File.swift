// A probe catalogue from a file of the user's own.

/// Why a file is no probe catalogue.
package enum ProbesFileError: Error, Equatable {
  case unreadable(TraceReadError)
  /// No catalogue has more than a megabyte.
  case tooLarge
  case wrong(CatalogueError)
}

extension ProbeCatalogue {
  private static let fileMax = 1 << 20

  package func overridden(byFileAt path: String) throws(ProbesFileError) -> ProbeCatalogue {
    let text = try Self.text(path)
    do throws(CatalogueError) {
      return try overridden(by: text)
    } catch {
      throw .wrong(error)
    }
  }

  private static func text(_ path: String) throws(ProbesFileError) -> String {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: fileMax, alignment: 1)
    defer { block.deallocate() }
    do throws(TraceReadError) {
      var file = try InputFile(.file(path: path))
      var count = 0
      while count < fileMax {
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

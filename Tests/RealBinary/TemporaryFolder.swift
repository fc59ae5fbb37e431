// A folder of its own for a test, gone with it.

import Foundation

/// A fresh folder.
package final class TemporaryFolder {
  package let url: URL

  package init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "gpc-replay-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    do {
      try FileManager.default.removeItem(at: url)
    } catch {
      print("left behind: \(url.path): \(error)")
    }
  }

  package func file(_ name: String) -> URL { url.appending(path: name) }

  package func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> URL {
    try Data(bytes).write(to: file(name))
    return file(name)
  }

  package func write(_ name: String, _ text: String) throws -> URL { try write(name, Array(text.utf8)) }

  package func writing(_ name: String) throws -> FileHandle {
    try Data().write(to: file(name))
    return try FileHandle(forWritingTo: file(name))
  }

  package func bytes(_ name: String) throws -> Data { try Data(contentsOf: file(name)) }

  package var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
  }
}

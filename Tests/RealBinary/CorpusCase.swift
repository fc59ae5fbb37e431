// The folders of `traces/`.

import CZstd
import Foundation

/// One folder of the corpus: a recording and what is expected of it.
package struct CorpusCase: Sendable, CustomStringConvertible {
  package let name: String

  package init(_ name: String) { self.name = name }

  package static let all: [CorpusCase] = {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "traces").path).sorted()
        .map(Self.init)
    } catch {
      preconditionFailure("the corpus cannot be read: \(error)")
    }
  }()

  /// The package's folder.
  package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  package var folder: URL { Self.root.appending(path: "traces/\(name)") }
  package var trace: URL { folder.appending(path: "trace.txt.zst") }
  package var description: String { name }

  /// What the recording does not say of itself: a line of arguments, in few of the folders.
  package var arguments: [String] {
    get throws {
      let file = folder.appending(path: "arguments")
      guard FileManager.default.fileExists(atPath: file.path) else { return [] }
      return try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isWhitespace).map(String.init)
    }
  }

  package var packed: [UInt8] {
    get throws { try [UInt8](Data(contentsOf: trace)) }
  }

  /// The recording's text, unpacked in one go by libzstd.
  package var text: [UInt8] {
    get throws {
      let packed = try packed
      return [UInt8](unsafeUninitializedCapacity: 1 << 24) { block, count in
        count = ZSTD_decompress(block.baseAddress, block.count, packed, packed.count)
        precondition(ZSTD_isError(count) == 0, "the trace of \(name) is damaged")
      }
    }
  }

  /// The text's lines, without their ends.
  package var lines: [String] {
    get throws {
      let text = try text
      return text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
        .map { String(decoding: $0, as: UTF8.self) }
    }
  }
}

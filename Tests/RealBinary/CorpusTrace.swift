// The recordings of `traces/`.

import CZstd
import Corpus
import Foundation

/// One recording of the corpus, for tests of anything but the corpus.
package struct CorpusTrace: Sendable, CustomStringConvertible {
  /// The case's own name, without its topic.
  package let name: String
  package let corpusCase: CorpusCase

  package init(_ name: String) {
    guard let found = Self.cases.first(where: { $0.name.hasSuffix("/" + name) }) else {
      preconditionFailure("there is no case called \(name)")
    }
    self.init(found)
  }

  private init(_ corpusCase: CorpusCase) {
    self.corpusCase = corpusCase
    name = String(corpusCase.name.split(separator: "/").last ?? "")
  }

  package static let all = cases.map(CorpusTrace.init)

  private static let cases: [CorpusCase] = {
    do {
      return try CorpusFolder(root.appending(path: "traces").path).cases
    } catch {
      preconditionFailure("the corpus cannot be read: \(error)")
    }
  }()

  /// The package's folder.
  package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  package var folder: URL { URL(filePath: corpusCase.folder) }
  package var trace: URL {
    do { return URL(filePath: try corpusCase.tracePath()) } catch { preconditionFailure("\(name): \(error.sentence)") }
  }
  package var description: String { corpusCase.name }

  /// What the recording does not say of itself, as options.
  package var arguments: [String] {
    get throws { try corpusCase.description().reading.arguments }
  }

  /// Of the trace, as it lies there.
  package var byteCount: Int {
    do { return try packed.count } catch { preconditionFailure("\(name): \(error)") }
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

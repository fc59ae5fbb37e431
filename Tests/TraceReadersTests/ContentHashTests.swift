// The hash is XXH64 as published, however the bytes are cut.

import Testing

@testable import TraceReaders

@Suite struct ContentHashTests {
  private func hash(_ bytes: [UInt8], pieces: Int = .max) -> UInt64 {
    var hasher = ContentHash.Hasher()
    var rest = bytes[...]
    while !rest.isEmpty {
      Array(rest.prefix(pieces)).withUnsafeBytes { hasher.update($0) }
      rest = rest.dropFirst(pieces)
    }
    return hasher.finish().rawValue
  }

  /// From the xxHash project's documentation and its own tests (seed 0).
  @Test(
    arguments: [
      ("", 0xef46_db37_51d8_e999),
      ("a", 0xd24e_c4f1_a98c_6e5b),
      ("abc", 0x44bc_2cf5_ad77_0999),
      ("Nobody inspects the spammish repetition", 0xfbce_a83c_8a37_8bf1),
    ] as [(String, UInt64)])
  func agreesWithThePublishedVectors(text: String, expected: UInt64) {
    #expect(hash(Array(text.utf8)) == expected)
  }

  @Test(arguments: [1, 3, 31, 32, 33, 100])
  func doesNotDependOnThePieces(size: Int) {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    #expect(hash(bytes, pieces: size) == hash(bytes))
  }

  @Test func isWrittenWithItsNameAndAllDigits() {
    #expect(ContentHash(rawValue: 0xabc).description == "xxh64:0000000000000abc")
  }
}

// The identity of a recording: a hash of the file's bytes.

/// XXH64 with seed 0, taken while reading.
///
/// Identifies "the same file again", without any security: 64 bits are ample for one user's recordings, the function is
/// published with test vectors, zstd frames use it too, and it costs far less than reading does.
package struct ContentHash: Hashable, Sendable, CustomStringConvertible {
  package let rawValue: UInt64

  package init(rawValue: UInt64) { self.rawValue = rawValue }

  package var description: String { "xxh64:" + digits }

  /// 16 of them, in hex.
  package var digits: String {
    let digits = String(rawValue, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The state between two pieces of input.
  struct Hasher {
    private var lanes = (prime1 &+ prime2, prime2, UInt64(0), 0 &- prime1)
    private var total: UInt64 = 0
    /// Bytes that do not fill a stripe of 32 yet.
    private var pending: [UInt8] = []
  }
}

private let prime1: UInt64 = 0x9e37_79b1_85eb_ca87
private let prime2: UInt64 = 0xc2b2_ae3d_27d4_eb4f
private let prime3: UInt64 = 0x1656_67b1_9e37_79f9
private let prime4: UInt64 = 0x85eb_ca77_c2b2_ae63
private let prime5: UInt64 = 0x27d4_eb2f_1656_67c5

private func rotated(_ value: UInt64, by bits: UInt64) -> UInt64 { value << bits | value >> (64 - bits) }

private func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
  rotated(lane &+ input &* prime2, by: 31) &* prime1
}

private func merged(_ hash: UInt64, _ lane: UInt64) -> UInt64 {
  (hash ^ round(0, lane)) &* prime1 &+ prime4
}

private func word(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
  UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
}

extension ContentHash.Hasher {
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    total &+= UInt64(bytes.count)
    var rest = bytes
    if !pending.isEmpty {
      let taken = min(32 - pending.count, rest.count)
      pending.append(contentsOf: rest[..<taken])
      rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
      guard pending.count == 32 else { return }
      pending.withUnsafeBytes { absorbStripes($0) }
      pending.removeAll(keepingCapacity: true)
    }
    absorbStripes(rest)
    pending.append(contentsOf: rest[(rest.count & ~31)...])
  }

  private mutating func absorbStripes(_ bytes: UnsafeRawBufferPointer) {
    var (a, b, c, d) = lanes
    var offset = 0
    while offset + 32 <= bytes.count {
      a = round(a, word(bytes, at: offset))
      b = round(b, word(bytes, at: offset + 8))
      c = round(c, word(bytes, at: offset + 16))
      d = round(d, word(bytes, at: offset + 24))
      offset += 32
    }
    lanes = (a, b, c, d)
  }

  func finish() -> ContentHash {
    var hash = prime5
    if total >= 32 {
      let (a, b, c, d) = lanes
      hash = rotated(a, by: 1) &+ rotated(b, by: 7) &+ rotated(c, by: 12) &+ rotated(d, by: 18)
      hash = merged(merged(merged(merged(hash, a), b), c), d)
    }
    hash = pending.withUnsafeBytes { Self.absorbTail($0, into: hash &+ total) }
    hash = (hash ^ hash >> 33) &* prime2
    hash = (hash ^ hash >> 29) &* prime3
    return ContentHash(rawValue: hash ^ hash >> 32)
  }

  private static func absorbTail(_ tail: UnsafeRawBufferPointer, into start: UInt64) -> UInt64 {
    var hash = start
    var offset = 0
    while offset + 8 <= tail.count {
      hash = rotated(hash ^ round(0, word(tail, at: offset)), by: 27) &* prime1 &+ prime4
      offset += 8
    }
    if offset + 4 <= tail.count {
      let half = UInt32(littleEndian: tail.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
      hash = rotated(hash ^ UInt64(half) &* prime1, by: 23) &* prime2 &+ prime3
      offset += 4
    }
    for byte in tail[offset...] {
      hash = rotated(hash ^ UInt64(byte) &* prime5, by: 11) &* prime1
    }
    return hash
  }
}

extension ContentHash {
  package init(of text: String) {
    var hasher = Hasher()
    Array(text.utf8).withUnsafeBytes { hasher.update($0) }
    self = hasher.finish()
  }

  /// Reads the file once, undecompressed; the same value that a `TraceReader` has at its end.
  package init(ofFileAt path: String) throws(TraceReadError) {
    var file = try InputFile(.file(path: path))
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { block.deallocate() }
    while try file.read(into: block) > 0 {}
    self = file.contentHash
  }
}

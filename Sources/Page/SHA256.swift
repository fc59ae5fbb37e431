// SHA-256 (FIPS 180-4): a page's policy names its own style and script by it.

/// The digest of a short text.
struct SHA256 {
  let digest: [UInt8]

  init(_ message: [UInt8]) {
    var padded = message + [0x80]
    while padded.count % 64 != 56 { padded.append(0) }
    let bits = UInt64(message.count) * 8
    padded += (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * $0)) }
    var state = Self.initial
    for block in stride(from: 0, to: padded.count, by: 64) { Self.add(padded[block..<block + 64], to: &state) }
    digest = state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) } }
  }

  private static func add(_ block: ArraySlice<UInt8>, to state: inout [UInt32]) {
    var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { place in
      block[place..<place + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    for index in 16..<64 {
      let (x, y) = (words[index - 15], words[index - 2])
      let low = turn(x, 7) ^ turn(x, 18) ^ x >> 3
      let high = turn(y, 17) ^ turn(y, 19) ^ y >> 10
      words.append(words[index - 16] &+ low &+ words[index - 7] &+ high)
    }
    var now = state
    for index in 0..<64 {
      let (a, b, c) = (now[0], now[1], now[2])
      let (e, f, g) = (now[4], now[5], now[6])
      let choice = e & f ^ ~e & g
      let high = now[7] &+ (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) &+ choice &+ rounds[index] &+ words[index]
      let low = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) &+ (a & b ^ a & c ^ b & c)
      now = [high &+ low, a, b, c, now[3] &+ high, e, f, g]
    }
    for index in 0..<8 { state[index] &+= now[index] }
  }

  private static func turn(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

  private static let initial: [UInt32] = primes.prefix(8).map { fraction(of: $0, root: 2) }
  private static let rounds: [UInt32] = primes.map { fraction(of: $0, root: 3) }

  /// The first 64.
  private static let primes: [UInt64] = (2...311).filter { number in !(2..<number).contains { number % $0 == 0 } }

  /// The first 32 bits of the fraction of a square or cube root: the standard defines its constants so.
  private static func fraction(of prime: UInt64, root: Int) -> UInt32 {
    // The largest x with x^root <= prime << 32 * root, bit by bit.
    var x: UInt128 = 0
    for bit in (0..<37).reversed() {
      let next = x | 1 << UInt128(bit)
      let power = (0..<root).reduce(UInt128(1)) { product, _ in product * next }
      if power <= UInt128(prime) << UInt128(32 * root) { x = next }
    }
    return UInt32(truncatingIfNeeded: x)
  }

  /// As a policy has it.
  var base64: String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for place in stride(from: 0, to: digest.count, by: 3) {
      let bytes = digest[place..<min(place + 3, digest.count)]
      let bits = bytes.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - bytes.count))
      for index in 0..<4 { text.append(index <= bytes.count ? alphabet[bits >> (18 - 6 * index) & 63] : "=") }
    }
    return text
  }
}

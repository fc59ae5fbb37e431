// The bytes of a perf.data, to be damaged or added to at known places. Little endian.

@testable import TraceReaders

struct PerfBytes {
  var bytes: [UInt8]

  /// `perf-cut.data`: a file, not of a pipe, not packed.
  init() throws { bytes = try Fixture.packed("perf-cut.data") }

  /// Places of the attributes, and of the sections that say where their ids are.
  var attributes: [Int] {
    let entry = Int(bytes.number(at: 16) as UInt64)
    let begin = Int(bytes.number(at: 24) as UInt64)
    return Array(stride(from: begin, to: begin + Int(bytes.number(at: 32) as UInt64), by: entry))
  }

  var data: Range<Int> {
    let begin = Int(bytes.number(at: 40) as UInt64)
    return begin..<begin + Int(bytes.number(at: 48) as UInt64)
  }

  /// Where the records of this type stand.
  func records(_ type: UInt32) -> [Int] {
    var places: [Int] = []
    var place = data.lowerBound
    while place < data.upperBound {
      if bytes.number(at: place) == type { places.append(place) }
      place += Int(bytes.number(at: place + 6) as UInt16)
    }
    return places
  }

  mutating func put(_ value: some FixedWidthInteger, at place: Int) {
    withUnsafeBytes(of: value.littleEndian) { bytes.replaceSubrange(place..<place + $0.count, with: $0) }
  }

  /// Puts records into the data, and moves all that stands behind them.
  mutating func insert(_ records: [UInt8], at place: Int) {
    let end = data.upperBound
    put(UInt64(data.count + records.count), at: 48)
    bytes.insert(contentsOf: records, at: place)
    // The list of features, and where their sections stand.
    let features = (0..<64).count { bytes.number(at: 72) as UInt64 >> UInt64($0) & 1 == 1 }
    for feature in 0..<features {
      let entry = end + records.count + 16 * feature
      put(bytes.number(at: entry) + UInt64(records.count), at: entry)
    }
  }

  /// Adds `HEADER_OSRELEASE` with a section of these bytes: behind all that is there, and before nothing.
  mutating func add(osRelease: [UInt8]) {
    let bits: UInt64 = bytes.number(at: 72)
    let place = (bits & 0xf).nonzeroBitCount
    // Behind the list, which grows by one section.
    let list = data.upperBound
    let count = bits.nonzeroBitCount
    for feature in 0..<count { put(bytes.number(at: list + 16 * feature) + UInt64(16), at: list + 16 * feature) }
    bytes.insert(contentsOf: [UInt8](repeating: 0, count: 16), at: list + 16 * place)
    put(UInt64(bytes.count), at: list + 16 * place)
    put(UInt64(osRelease.count), at: list + 16 * place + 8)
    put(bits | 1 << 4, at: 72)
    bytes += osRelease
  }

  /// A string as perf writes it: its length, and zeros up to a multiple of 64.
  static func string(_ text: String) -> [UInt8] {
    let padded = (text.utf8.count + 64) / 64 * 64
    return [UInt8(padded), 0, 0, 0] + text.utf8 + [UInt8](repeating: 0, count: padded - text.utf8.count)
  }

  /// A record of this type: its own part, and a trailer (TID, TIME, CPU, IDENTIFIER).
  static func record(
    _ type: UInt32, _ body: [UInt64], misc: UInt16 = 0, time: UInt64, cpu: UInt64, id: UInt64
  ) -> [UInt8] {
    let words = body + [0, time, cpu, id]
    let bytes = words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
    let head = UInt64(type) | UInt64(misc) << 32 | UInt64(8 + bytes.count) << 48
    return withUnsafeBytes(of: head.littleEndian) { Array($0) } + bytes
  }
}

extension [UInt8] {
  func number<Number: FixedWidthInteger & BitwiseCopyable>(at place: Int) -> Number {
    withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Number.self)) }
  }
}

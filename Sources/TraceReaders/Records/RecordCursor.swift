// Reads a part of a trace.dat or perf.data from its begin: numbers in the file's byte order, strings, blocks. Not for
// the trace data.

struct RecordCursor {
  private enum Backing {
    case memory([UInt8])
    case file(RandomAccessFile)
  }

  private let backing: Backing
  let isBigEndian: Bool
  /// The part, for the fault that reports where the bytes end.
  var part: PartFault.Part
  private(set) var place: Int64
  private let end: Int64

  init(_ bytes: [UInt8], isBigEndian: Bool, part: PartFault.Part) {
    backing = .memory(bytes)
    (place, end) = (0, Int64(bytes.count))
    self.isBigEndian = isBigEndian
    self.part = part
  }

  /// - Parameter end: of the part, if known; else the file's end.
  init(_ file: RandomAccessFile, at place: Int64, end: Int64? = nil, isBigEndian: Bool, part: PartFault.Part) {
    backing = .file(file)
    self.end = min(end ?? file.size, file.size)
    self.place = place
    self.isBigEndian = isBigEndian
    self.part = part
  }

  var isAtEnd: Bool { place >= end }

  mutating func bytes(_ count: Int) throws(TraceReadError) -> [UInt8] {
    guard count >= 0, place >= 0, place <= end, Int64(count) <= end - place else { throw .part(.cutOff(part)) }
    defer { place += Int64(count) }
    switch backing {
    case .memory(let bytes): return Array(bytes[Int(place)..<Int(place) + count])
    case .file(let file):
      guard let bytes = try file.bytes(at: place, count: count) else { throw .part(.cutOff(part)) }
      return bytes
    }
  }

  mutating func skip(_ count: UInt64) throws(TraceReadError) {
    guard place >= 0, place <= end, count <= UInt64(end - place) else { throw .part(.cutOff(part)) }
    place += Int64(count)
  }

  mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws(TraceReadError) -> Number {
    let bytes = try bytes(MemoryLayout<Number>.size)
    let value = bytes.withUnsafeBytes { $0.loadUnaligned(as: Number.self) }
    return isBigEndian ? Number(bigEndian: value) : Number(littleEndian: value)
  }

  /// A block preceded by its length, at most `max` bytes.
  mutating func block(max: UInt64) throws(TraceReadError) -> [UInt8] {
    let count = try number(UInt64.self)
    if count > max { throw .part(.tooLarge(part, bytes: count)) }
    return try bytes(Int(count))
  }

  /// Bytes up to a NUL, which is skipped.
  mutating func string() throws(TraceReadError) -> String {
    var text: [UInt8] = []
    while true {
      let byte = try bytes(1)[0]
      if byte == 0 { return String(decoding: text, as: UTF8.self) }
      if text.count >= Self.stringMax { throw .part(.odd(part)) }
      text.append(byte)
    }
  }

  /// Names of systems, buffers, clocks and codecs are single words.
  private static let stringMax = 4096
}

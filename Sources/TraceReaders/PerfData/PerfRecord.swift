// One record of a perf.data: `perf_event_header`, and its contents.

struct PerfRecord {
  let start: UnsafeRawPointer
  /// Its own size, header included; that many bytes are available.
  let bytes: Int
  let isBigEndian: Bool

  static let headBytes = 8

  /// The kinds that are used; all others are skipped. `PERF_RECORD_…` of perf_event.h and tools/lib/perf's event.h.
  enum Kind: UInt32 {
    case lost = 2
    case comm = 3
    case fork = 7
    case sample = 9
    case lostSamples = 13
    case headerAttr = 64
    case tracingData = 66
    case finishedRound = 68
    case idIndex = 69
    case auxtrace = 71
    case headerFeature = 80
    case compressed = 81
    /// With the size of the compressed data before it, since Linux 6.16.
    case compressed2 = 83
  }

  @inline(__always) var type: UInt32 { ordered(start.value()) }
  @inline(__always) var kind: Kind? { Kind(rawValue: type) }
  /// Bit 15 of `misc`.
  var hasTopMiscBit: Bool { ordered((start + 4).value() as UInt16) >> 15 == 1 }

  /// The number at this offset from the record's begin; nil: it is not in the record.
  @inline(__always) func number<Number: FixedWidthInteger & BitwiseCopyable>(at place: Int, _: Number.Type) -> Number? {
    guard place >= 0, place <= bytes - MemoryLayout<Number>.size else { return nil }
    return ordered((start + place).value())
  }

  @inline(__always) private func ordered<Number: FixedWidthInteger>(_ value: Number) -> Number {
    isBigEndian ? Number(bigEndian: value) : Number(littleEndian: value)
  }

  /// The bytes from this offset on, up to a NUL.
  func string(at place: Int) -> [UInt8] {
    guard place < bytes else { return [] }
    return Array(UnsafeRawBufferPointer(start: start + place, count: bytes - place).prefix { $0 != 0 })
  }

  /// Bytes of a record of this size; nil: no such record exists.
  static func size(_ head: UnsafeRawPointer, isBigEndian: Bool) -> Int? {
    let size: UInt16 = (head + 6).value()
    let bytes = Int(isBigEndian ? UInt16(bigEndian: size) : UInt16(littleEndian: size))
    return bytes >= headBytes ? bytes : nil
  }
}

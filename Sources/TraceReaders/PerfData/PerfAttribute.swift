// One requested event: `perf_event_attr`.

import KVMEvents

struct PerfAttribute {
  let type: UInt32
  /// Of a tracepoint, the number of its format.
  let config: UInt64
  /// Sample period; 0: a frequency was given.
  let samplePeriod: UInt64
  let sampleType: SampleType
  let layout: SampleLayout
  /// nil: perf's own clock.
  private let clockID: Int32?
  /// Newer events overwrote older ones when the buffer was full, at an unknown position.
  let overwrites: Bool

  /// Bytes of an attribute: of the first kernel that had perf, and more than any has today.
  static let sizes = 64...4096
  private static let tracepoint: UInt32 = 2

  /// - Parameter bytes: at least the least of `sizes`.
  init(_ bytes: [UInt8], isBigEndian: Bool) throws(TraceReadError) {
    var cursor = RecordCursor(bytes, isBigEndian: isBigEndian, part: .attributes)
    type = try cursor.number(UInt32.self)
    let size = try cursor.number(UInt32.self)
    // The first kernels left it 0.
    guard size == UInt32(bytes.count) || (size == 0 && bytes.count == Self.sizes.lowerBound) else {
      throw .part(.odd(.attributes))
    }
    config = try cursor.number(UInt64.self)
    let period = try cursor.number(UInt64.self)
    sampleType = SampleType(rawValue: try cursor.number(UInt64.self))
    let format = ReadFormat(rawValue: try cursor.number(UInt64.self))
    let flags = try cursor.number(UInt64.self)
    // Bit fields are laid out from the other end there.
    let bits = Flags(rawValue: isBigEndian ? flags.bitReversed : flags)
    samplePeriod = bits.contains(.isFrequency) ? 0 : period
    overwrites = bits.contains(.writesBackward)
    layout = SampleLayout(sampleType, format, hasTrailer: bits.contains(.sampleIDAll))
    guard bits.contains(.usesClockID), bytes.count >= Self.clockPlace + 4 else {
      clockID = nil
      return
    }
    try cursor.skip(UInt64(Self.clockPlace) - 48)
    clockID = try cursor.number(Int32.self)
  }

  /// The offset of `clockid`.
  private static let clockPlace = 92

  private struct Flags: OptionSet {
    let rawValue: UInt64
    static let isFrequency = Flags(rawValue: 1 << 10)
    static let sampleIDAll = Flags(rawValue: 1 << 18)
    static let usesClockID = Flags(rawValue: 1 << 25)
    static let writesBackward = Flags(rawValue: 1 << 27)
  }

  var isTracepoint: Bool { type == Self.tracepoint }

  /// Its name if it is not a tracepoint.
  var name: String {
    let types = ["hardware", "software", "tracepoint", "hw_cache", "raw", "breakpoint"]
    let type = Int(type) < types.count ? types[Int(type)] : "type-\(type)"
    return "perf-\(type)-0x\(String(config, radix: 16))"
  }

  /// The clock of its stamps; nil: one that ftrace does not have. Perf's own is `local_clock()`, which ftrace calls
  /// `perf`.
  var clock: TraceClock? {
    switch clockID {
    case nil: .perf
    case 1: .mono
    case 4: .monoRaw
    case 7: .boot
    case 11: .tai
    case _: nil
    }
  }
}

extension UInt64 {
  fileprivate var bitReversed: UInt64 {
    (0..<64).reduce(0) { $0 | (self >> UInt64($1) & 1) << UInt64(63 - $1) }
  }
}

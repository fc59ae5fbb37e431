// When: the trace clock and its time stamps.

/// A time stamp of the trace clock, in nanoseconds since the clock's own zero. Parsed from digits, never through
/// `Double`.
public struct TraceTimestamp: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: Int64
  @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }

  /// Below this, 146 years, lie all stamps, and at 0 or above: then neither the difference of two nor the sum of two
  /// such differences leaves 64 bits. Readers take what lies beyond for damage.
  public static let end: Int64 = 1 << 62

  /// nil: no clock was ever there.
  @inlinable public init?(recorded stamp: UInt64) {
    guard stamp < UInt64(Self.end) else { return nil }
    rawValue = Int64(bitPattern: stamp)
  }

  @inlinable public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// How a recording's clock is known.
package enum ClockSource: String, Codable, Sendable {
  /// The recording names it.
  case recorded
  /// The recording does not name it, and what prints such recordings has one by its documentation.
  case convention
  /// Nothing tells; what `--clock` says, or the default of ftrace.
  case assumed
}

/// `trace_clock`: which of ftrace's clocks stamped the events (Documentation/trace/ftrace.rst).
public enum TraceClock: String, CaseIterable, Codable, Sendable {
  case local, global, counter, uptime, perf, mono, boot, tai
  case monoRaw = "mono_raw"
  case x86TSC = "x86-tsc"

  /// What its stamps count, where nothing has converted them.
  package var unit: StampUnit {
    switch self {
    case .counter, .x86TSC: .tick
    case .local, .global, .uptime, .perf, .mono, .boot, .tai, .monoRaw: .ns
    }
  }

  /// How far the clocks of two CPUs are taken to differ, in nanoseconds (the default of `--delta`; evidence: `local`
  /// and `perf` are per CPU and not coherent, the others are one source).
  public var uncertainty: Int64 {
    switch self {
    case .local, .perf: 1000
    case .global, .counter, .uptime, .mono, .boot, .tai, .monoRaw, .x86TSC: 0
    }
  }

  /// The same for stamps whose last digit is worth so many nanoseconds: two events of one microsecond are unordered
  /// where it is one.
  package func uncertainty(resolutionNs: Int64) -> Int64 { uncertainty + (resolutionNs > 1 ? resolutionNs : 0) }
}

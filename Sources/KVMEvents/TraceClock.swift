// When: the trace clock and its time stamps.

/// A time stamp of the trace clock, in nanoseconds since the clock's own zero. Parsed from digits, never through
/// `Double`.
public struct TraceTimestamp: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: Int64
  @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }

  /// All stamps are at least 0 and below this, 146 years: then neither the difference of two nor the sum of two such
  /// differences leaves 64 bits. Readers treat others as damage.
  public static let end: Int64 = 1 << 62

  /// nil: not a time that a clock can have.
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
  /// The recording does not name it, but the program that prints such recordings documents its clock.
  case convention
  /// Not known; from `--clock`, or the default of ftrace.
  case assumed
}

/// `trace_clock`: which of ftrace's clocks stamped the events (Documentation/trace/ftrace.rst).
public enum TraceClock: String, CaseIterable, Codable, Sendable {
  case local, global, counter, uptime, perf, mono, boot, tai
  case monoRaw = "mono_raw"
  case x86TSC = "x86-tsc"

  /// What its stamps count, if nothing has converted them.
  package var unit: StampUnit {
    switch self {
    case .counter, .x86TSC: .tick
    case .local, .global, .uptime, .perf, .mono, .boot, .tai, .monoRaw: .ns
    }
  }

  /// How far the clocks of two CPUs are assumed to differ, in nanoseconds (the default of `--delta`; evidence: `local`
  /// and `perf` are per CPU and not coherent, the others are one source).
  public var uncertainty: Int64 {
    switch self {
    case .local, .perf: 1000
    case .global, .counter, .uptime, .mono, .boot, .tai, .monoRaw, .x86TSC: 0
    }
  }

  /// The same for stamps with this resolution in nanoseconds: two events of one microsecond are unordered if it is one
  /// microsecond.
  package func uncertainty(resolutionNs: Int64) -> Int64 { uncertainty + (resolutionNs > 1 ? resolutionNs : 0) }
}

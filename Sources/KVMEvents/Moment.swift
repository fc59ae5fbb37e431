// When something was recorded, and which moments are certainly in order.

/// A recorded event as a bound of an interval: a fact lies after one moment of its thread and before another (evidence,
/// rule 2).
public struct Moment: Hashable, Sendable {
  public let id: EventID
  /// Nanoseconds of the trace clock.
  public let time: Int64
  public let cpu: Int32
  /// The replay's number of the thread; the idle tasks of the CPUs are separate threads.
  public let thread: Int32

  @inlinable public init(id: EventID, time: Int64, cpu: Int32, thread: Int32) {
    self.id = id
    self.time = time
    self.cpu = cpu
    self.thread = thread
  }
}

/// Which of two moments is certainly the earlier one.
public struct MomentOrder: Hashable, Sendable {
  /// Nanoseconds by which the clocks of two CPUs may differ.
  public let deltaNs: Int64

  @inlinable public init(deltaNs: Int64) { self.deltaNs = deltaNs }

  /// Program order and the order within one CPU's buffer are exact; between CPUs only the clock orders events, and
  /// equal stamps are unordered. A fact that ends with an event is before one that begins with the same event.
  @inlinable @inline(__always)
  public func surely(_ a: Moment, before b: Moment) -> Bool {
    if a.thread == b.thread || a.cpu == b.cpu { return a.id <= b.id }
    return a.time &+ deltaNs < b.time
  }

  /// An unknown bound is neither before nor after anything.
  @inlinable @inline(__always)
  public func surely(_ a: Moment?, before b: Moment?) -> Bool {
    guard let a, let b else { return false }
    return surely(a, before: b)
  }
}

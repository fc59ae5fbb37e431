// Markers of events that the tracer dropped.

import KVMEvents

/// `CPU:3 [EVENTS DROPPED]`, `CPU:0 [160 EVENTS DROPPED]` (trace-cmd); `CPU:1 [LOST 7 EVENTS]`, `CPU:1 [LOST EVENTS]`
/// (the kernel).
struct LossMarker: Equatable {
  /// `RecordedEvent.unknownCPU` if it is not known.
  let cpu: Int32
  /// nil: the marker does not say how many.
  let count: UInt64?
  /// false: they were lost somewhere before it, not between its CPU's last event and it.
  let isPlaced: Bool

  init(cpu: Int32, count: UInt64?, isPlaced: Bool = true) {
    self.cpu = cpu
    self.count = count
    self.isPlaced = isPlaced
  }

  /// Looks after `prefix` bytes, and at the line's begin. The whole line must be the marker: a comm may begin like one.
  init?(_ line: Line, prefix: Int) {
    if prefix > 0, line.count > prefix, let marker = Self(line.start + prefix, line.end) {
      self = marker
    } else if let marker = Self(line.start, line.end) {
      self = marker
    } else {
      return nil
    }
  }

  /// In trace-cmd's format, which cannot express a loss at an unknown position.
  func text() -> [UInt8]? {
    guard isPlaced, cpu != RecordedEvent.unknownCPU else { return nil }
    return Array("CPU:\(cpu) [\(count.map { "\($0) " } ?? "")EVENTS DROPPED]".utf8)
  }

  /// Blanks may precede it: it is longer than the comm's column, where a comm can look like one.
  private init?(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
    var place = start
    skipBlanks(&place, end)
    guard skip("CPU:", &place, end), let cpu = smallDecimal(&place, end), skip(" [", &place, end) else { return nil }
    let isKernels = skip("LOST ", &place, end)
    var count: UInt64?
    if place < end, place.byte.isDigit {
      guard let number = decimal(&place, end), skip(" ", &place, end) else { return nil }
      count = number
    }
    let isMarker = isKernels ? skip("EVENTS]", &place, end) : skip("EVENTS DROPPED]", &place, end)
    guard isMarker, place == end else { return nil }
    self.init(cpu: cpu, count: count)
  }
}

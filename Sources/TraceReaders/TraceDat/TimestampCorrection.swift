// What the options do to the time stamps: host and guest aligned, TSC cycles to nanoseconds, a fixed offset.

struct TimestampCorrection {
  /// DATE and OFFSET, added to every stamp.
  var offsetNs: Int64 = 0
  /// TSC2NSEC: stamps are cycles; nanoseconds are `cycles * multiplier >> shift`.
  var cycles: Cycles?
  /// TIME_SHIFT: a CPU's clock relative to that of the host, by the CPU's number.
  var shifts: [[Sample]] = []
  /// TIME_SHIFT's flag: between two samples the offset is interpolated.
  var interpolates = false

  struct Cycles: Equatable {
    let multiplier: UInt32
    let shift: UInt32
  }

  struct Sample: Equatable {
    /// Of the recorded clock, when the sample was taken.
    let time: Int64
    let offset: Int64
    let scaling: Int64
    var fraction: Int64 = 0
  }

  var isIdentity: Bool { offsetNs == 0 && cycles == nil && shifts.isEmpty }

  func apply(_ stamp: UInt64, cpu: Int) -> UInt64 {
    var stamp = stamp
    if cpu < shifts.count, !shifts[cpu].isEmpty { stamp = shifted(stamp, shifts[cpu]) }
    if let cycles {
      let product = stamp.multipliedFullWidth(by: UInt64(cycles.multiplier))
      stamp =
        cycles.shift == 0
        ? product.low : product.low >> UInt64(cycles.shift) | product.high << UInt64(64 - Int(cycles.shift))
    }
    return stamp &+ UInt64(bitPattern: offsetNs)
  }

  /// - Parameter samples: by time, none at the same time as another.
  private func shifted(_ stamp: UInt64, _ samples: [Sample]) -> UInt64 {
    if samples.count == 1 { return stamp &+ UInt64(bitPattern: samples[0].offset) }
    let behind = samples.firstIndex { UInt64(bitPattern: $0.time) > stamp } ?? samples.count
    let first = max(0, min(behind - 1, samples.count - 2))
    return corrected(stamp, samples[first], samples[first + 1])
  }

  private func corrected(_ stamp: UInt64, _ before: Sample, _ after: Sample) -> UInt64 {
    var offset = before.offset
    if interpolates {
      let span = after.time &- before.time
      let part = (Int64(bitPattern: stamp) &- before.time) &* (after.offset &- before.offset)
      offset = before.offset &+ (part &+ span / 2).dividedReportingOverflow(by: span == 0 ? 1 : span).partialValue
    }
    let scaled = stamp &* UInt64(bitPattern: before.scaling)
    return scaled >> UInt64(before.fraction & 63) &+ UInt64(bitPattern: offset)
  }
}

extension TimestampCorrection {
  /// The option's data, after its 8 bytes of the peer's trace id.
  init(timeShift cursor: inout RecordCursor) throws(TraceReadError) {
    interpolates = try cursor.number(UInt32.self) & 1 != 0
    let cpus = try cursor.number(UInt32.self)
    for _ in 0..<cpus {
      let count = try cursor.number(UInt32.self)
      let times = try Self.numbers(count, &cursor)
      let offsets = try Self.numbers(count, &cursor)
      let scalings = try Self.numbers(count, &cursor)
      shifts.append(
        times.indices.map { Sample(time: times[$0], offset: offsets[$0], scaling: scalings[$0]) })
    }
    // trace-cmd before 3.0 wrote no fractions.
    if !cursor.isAtEnd {
      for cpu in shifts.indices {
        for index in shifts[cpu].indices { shifts[cpu][index].fraction = try cursor.number(Int64.self) }
      }
    }
    shifts = shifts.map(Self.inOrder)
  }

  private static func numbers(_ count: UInt32, _ cursor: inout RecordCursor) throws(TraceReadError) -> [Int64] {
    var numbers: [Int64] = []
    for _ in 0..<count { numbers.append(try cursor.number(Int64.self)) }
    return numbers
  }

  /// By time, one sample for each.
  private static func inOrder(_ samples: [Sample]) -> [Sample] {
    samples.sorted { $0.time < $1.time }.reduce(into: []) { kept, sample in
      if kept.last?.time != sample.time { kept.append(sample) }
    }
  }
}

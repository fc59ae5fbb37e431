// Sums that stay within 64 bits, whatever a file says.

extension Int64 {
  /// The sum, or the end of the range that it would leave. For totals over a recording, such as durations whose stamps
  /// are centuries apart: enough of them leave any range.
  package func addingClamped(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  /// The difference, or the end of the range that it would leave.
  package func subtractingClamped(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }

  package mutating func addClamped(_ other: Int64) { self = addingClamped(other) }
}

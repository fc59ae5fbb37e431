// Line numbers as written by users.

import KVMEvents

/// `12-19,40`.
package struct LineRanges: Equatable, Sendable, CustomStringConvertible {
  package let ranges: [ClosedRange<EventID>]

  package init(_ lines: some Sequence<EventID>) {
    ranges = Set(lines).sorted().reduce(into: []) { ranges, line in
      if let last = ranges.last, last.upperBound + 1 == line {
        ranges[ranges.count - 1] = last.lowerBound...line
      } else {
        ranges.append(line...line)
      }
    }
  }

  package var description: String {
    ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
  }
}

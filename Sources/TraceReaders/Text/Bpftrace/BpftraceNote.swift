// Lines of bpftrace's plain output that are not records.

enum BpftraceNote {
  /// `Lost 42 events`.
  case lost(UInt64)
  /// `WARNING: Total lost event count: 42`, at the end.
  case lostInAll(UInt64)
  /// `Attaching 6 probes...`
  case attached
  /// `@n[1377]: 1`, and the rows of a histogram: maps are printed when the script ends.
  case map
  case empty

  init?(_ line: Line) {
    var place = line.start
    skipBlanks(&place, line.end)
    if place == line.end {
      self = .empty
      return
    }
    if !skip("WARNING: ", &place, line.end) { _ = skip("ERROR: ", &place, line.end) }
    if skip("Lost ", &place, line.end) {
      guard let count = decimal(&place, line.end), skip(" events", &place, line.end) else { return nil }
      self = .lost(count)
    } else if skip("Total lost event count: ", &place, line.end) {
      guard let count = decimal(&place, line.end) else { return nil }
      self = .lostInAll(count)
    } else if skip("Attaching ", &place, line.end) || skip("Attached ", &place, line.end) {
      guard decimal(&place, line.end) != nil, skip(" probe", &place, line.end) else { return nil }
      self = .attached
    } else if skip("@", &place, line.end) || Self.isHistogramRow(line) {
      self = .map
    } else {
      return nil
    }
  }

  /// `[16K, 32K)             6 |@@@      |`.
  private static func isHistogramRow(_ line: Line) -> Bool {
    let first = line.start.byte
    return (first == UInt8(ascii: "[") || first == UInt8(ascii: "(")) && (line.end - 1).byte == UInt8(ascii: "|")
  }
}

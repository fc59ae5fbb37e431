// Lines of perf script text that are no record.

enum PerfScriptNote {
  /// `# cmdline : …`: the head that `--header` prints.
  case header
  /// A tab, an address and a symbol: one entry of a call chain.
  case chainEntry
  /// Ends a call chain.
  case empty

  init?(_ line: Line) {
    var place = line.start
    skipBlanks(&place, line.end)
    if place == line.end {
      self = .empty
    } else if line.start.byte == UInt8(ascii: "#") {
      self = .header
    } else if line.start.byte == 0x09 {
      self = .chainEntry
    } else {
      return nil
    }
  }
}

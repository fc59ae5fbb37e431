// Which columns a perf script text has, if they are not all that an event needs.

import Glibc

/// One column, as `perf script -F` names it.
package enum PerfScriptColumn: String, CaseIterable, Sendable {
  case tid, cpu, time, event, trace

  package var meaning: String {
    switch self {
    case .tid: "threads"
    case .cpu: "CPUs"
    case .time: "time stamps"
    case .event: "names of events"
    case .trace: "fields of events"
    }
  }
}

/// perf prints the requested columns in a fixed order: comm, tid, [cpu], time, event, and the event's text.
struct PerfScriptColumns {
  private var lines = 0
  private var others = 0
  private var counts: [PerfScriptColumn: Int] = [:]

  private static let linesMax = 1000
  /// Words of a line: no record has as many before its fields.
  private static let wordsMax = 24

  init(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    while let start = rest.baseAddress, !rest.isEmpty, lines + others < Self.linesMax {
      let end = memchr(start, 10, rest.count).map { UnsafeRawPointer($0) } ?? start + rest.count
      var line = Line(start: start, end: end)
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(line.count + 1))
      line.dropCarriageReturn()
      // What `--header` and call chains print.
      guard line.count > 0, PerfScriptNote(line) == nil else { continue }
      let columns = Self.columns(of: line)
      if columns.isEmpty { others += 1 } else { lines += 1 }
      for column in columns { counts[column, default: 0] += 1 }
    }
  }

  /// Columns that no line has, if most lines are perf script's; empty: nothing is missing, or it is some other text.
  var missing: [PerfScriptColumn] {
    lines > others ? PerfScriptColumn.allCases.filter { counts[$0] == nil } : []
  }

  /// Empty: not a line of perf script.
  private static func columns(of line: Line) -> Set<PerfScriptColumn> {
    let words = line.bytes.split(separator: 0x20, maxSplits: wordsMax)
    var columns: Set<PerfScriptColumn> = []
    var isAddress = false
    for (place, word) in words.enumerated() {
      let isFirst = columns.isDisjoint(with: [.cpu, .time, .event])
      if isCPU(word) {
        columns.insert(.cpu)
      } else if isTime(word) {
        columns.insert(.time)
      } else if isEvent(word) {
        columns.insert(.event)
      } else if isProbeAddress(word) {
        isAddress = true
      } else {
        continue
      }
      if isFirst, place > 0, isTask(words[place - 1]) { columns.insert(.tid) }
      guard columns.contains(.event) || isAddress else { continue }
      // The rest is the event's text.
      if isAddress || place + 1 < words.count { columns.insert(.trace) }
      if !isAddress, place + 1 < words.count { isAddress = isProbeAddress(words[place + 1]) }
      break
    }
    // A name with two colons alone, or a number in brackets, is found in many texts.
    let context = columns.intersection([.tid, .cpu, .time]).count
    let parts = (context > 1 ? 1 : 0) + (isAddress ? 1 : 0) + (columns.contains(.event) ? 1 : 0)
    return parts > 1 ? columns : []
  }

  /// `[003]`.
  private static func isCPU(_ word: Slice<UnsafeRawBufferPointer>) -> Bool {
    word.count >= 5 && word.first == UInt8(ascii: "[") && word.last == UInt8(ascii: "]")
      && word.dropFirst().dropLast().allSatisfy(\.isDigit)
  }

  /// `522.062749442:`.
  private static func isTime(_ word: Slice<UnsafeRawBufferPointer>) -> Bool {
    let parts = word.dropLast().split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return word.last == UInt8(ascii: ":") && parts.count == 2 && !parts[0].isEmpty
      && (parts[1].count == 6 || parts[1].count == 9) && parts.allSatisfy { $0.allSatisfy(\.isDigit) }
  }

  /// `gpc:gpc_init:`.
  private static func isEvent(_ word: Slice<UnsafeRawBufferPointer>) -> Bool {
    let parts = word.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    return parts.count == 3 && parts[2].isEmpty
      && parts[..<2].allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isOfEventName) }
  }

  /// `(ffffffffc0a09fa4)`, or the front of a return probe's.
  private static func isProbeAddress(_ word: Slice<UnsafeRawBufferPointer>) -> Bool {
    let digits = word.dropFirst().prefix { $0.isDigit || (0x61...0x66).contains($0) }
    return word.first == UInt8(ascii: "(") && digits.count >= 8 && digits.count + 2 >= word.count
  }

  /// `1340`, `1340/1342`.
  private static func isTask(_ word: Slice<UnsafeRawBufferPointer>) -> Bool {
    word.first?.isDigit == true && word.allSatisfy { $0.isDigit || $0 == UInt8(ascii: "/") }
  }
}

extension UInt8 {
  fileprivate var isOfEventName: Bool {
    isDigit || (0x61...0x7a).contains(self) || (0x41...0x5a).contains(self) || self == UInt8(ascii: "_")
  }
}

// The text of a cut, from the recording's own lines.

import KVMEvents
import TraceReaders

/// Lines of a recording as a separate trace, in the recording's format.
package struct CutText: Sendable {
  /// By line of the cut, from 1: the line of the recording.
  package let origins: [EventID]
  package let bytes: [UInt8]

  private init(origins: [EventID], lines: [[UInt8]]) {
    self.origins = origins
    bytes = lines.flatMap { $0 + [0x0a] }
    self.lines = lines
  }

  private let lines: [[UInt8]]

  /// The lines as they were recorded.
  package init(_ source: TextLines) {
    let all = source.header.merging(source.lines) { _, line in line }
    let origins = all.keys.sorted()
    self.init(origins: origins, lines: origins.compactMap { all[$0] })
  }

  /// The same, anonymised.
  /// - Parameter uncertainty: as for `Anonymiser`.
  package func anonymised(uncertainty: Int64?) -> CutText {
    var anonymiser = Anonymiser(lines, uncertainty: uncertainty)
    return CutText(origins: origins, lines: lines.map { anonymiser.rewrite($0) })
  }

  /// The line of the cut that a line of the recording became. A comm that holds a newline takes another line.
  package func line(of origin: EventID) -> EventID? {
    guard let index = origins.firstIndex(of: origin) else { return nil }
    let newlines = lines[...index].reduce(0) { $0 + $1.count { $0 == 0x0a } }
    return EventID(index + 1 + newlines)
  }

  /// Lines or records of the recording; the header that a trace.dat's records get is neither.
  package var lineCount: Int { origins.count { $0 > 0 } }

  /// What there is of the recording, by its lines or records.
  package var ranges: LineRanges { LineRanges(origins.filter { $0 > 0 }) }

  /// Lines by the event that they name: the word before the fields, whatever it is.
  package var eventCounts: [String: Int64] {
    var counts: [String: Int64] = [:]
    for line in lines {
      if let name = Self.eventName(line) { counts[name, default: 0] += 1 }
    }
    return counts
  }

  /// Recognised without the reader: the word with a colon after the time stamp.
  private static func eventName(_ line: [UInt8]) -> String? {
    let words = line.split(separator: 0x20)
    guard let stamp = words.firstIndex(where: isStamp) else { return nil }
    // `(+6203)` of --ts-diff comes before it.
    guard let name = words[(stamp + 1)...].first(where: { $0.first != UInt8(ascii: "(") }) else { return nil }
    return name.last == UInt8(ascii: ":") ? String(decoding: name.dropLast(), as: UTF8.self) : nil
  }

  /// `203.076771274:`, possibly run into what precedes.
  private static func isStamp(_ word: ArraySlice<UInt8>) -> Bool {
    guard word.last == UInt8(ascii: ":") else { return false }
    let digits = word.dropLast().reversed().prefix { (0x30...0x39).contains($0) }
    return digits.count >= 6
  }
}

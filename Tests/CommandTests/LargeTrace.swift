// A large trace made of a real one.

import Foundation
import RealBinary

enum LargeTrace {
  /// The text of a case again and again, each time a while later, as it goes on.
  static func write(_ name: String, times: Int, to file: URL) throws {
    let lines = try CorpusTrace(name).lines
    let stamps = lines.map { Self.stamp(of: $0) }
    let known = stamps.compactMap { $0?.ns }
    let span = (known.max() ?? 0) - (known.min() ?? 0) + 1_000_000
    try Data((lines[0] + "\n").utf8).write(to: file)
    let handle = try FileHandle(forWritingTo: file)
    try handle.seekToEnd()
    for round in 0..<times {
      var text = ""
      for (line, stamp) in zip(lines, stamps) {
        guard let stamp else { continue }
        let ns = stamp.ns + Int64(round) * span
        let fraction = String(ns % 1_000_000_000)
        text += line[..<stamp.range.lowerBound]
        text += " \(ns / 1_000_000_000)."
        text += String(repeating: "0", count: 9 - fraction.count) + fraction
        text += line[stamp.range.upperBound...]
        text += "\n"
      }
      try handle.write(contentsOf: Data(text.utf8))
    }
    try handle.close()
  }

  /// The seconds behind `[cpu]`, and where they stand with the blanks before them.
  private static func stamp(of line: String) -> (ns: Int64, range: Range<String.Index>)? {
    guard let bracket = line.firstIndex(of: "]"), let colon = line[bracket...].firstIndex(of: ":") else { return nil }
    let start = line.index(after: bracket)
    let parts = line[start..<colon].split(separator: ".")
    guard parts.count == 2, let seconds = Int64(parts[0].drop { $0 == " " }), let ns = Int64(parts[1]) else {
      return nil
    }
    return (seconds * 1_000_000_000 + ns, start..<colon)
  }
}

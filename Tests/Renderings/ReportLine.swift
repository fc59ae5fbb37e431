// A line of `trace-cmd report -t`, taken apart by its columns.

/// What the renderings are made from. Comms are bytes: they may hold anything.
package enum ReportLine {
  case record(ReportRecord)
  /// `CPU:3 [EVENTS DROPPED]`, `CPU:0 [160 EVENTS DROPPED]`.
  case loss(cpu: Int, count: Int?)
  /// `cpus=4`.
  case other([UInt8])

  package init(_ line: ArraySlice<UInt8>) {
    if let record = ReportRecord(line) {
      self = .record(record)
    } else if let loss = Self.loss(String(decoding: line, as: UTF8.self)) {
      self = loss
    } else {
      self = .other(Array(line))
    }
  }

  private static func loss(_ text: String) -> Self? {
    guard text.hasPrefix("CPU:"), text.hasSuffix(" DROPPED]") else { return nil }
    let words = text.dropFirst(4).split(whereSeparator: { " []".contains($0) })
    guard let cpu = words.first.flatMap({ Int($0) }) else { return nil }
    return .loss(cpu: cpu, count: words.count == 4 ? Int(words[1]) : nil)
  }
}

package struct ReportRecord {
  /// 16 bytes, right-justified.
  package let column: [UInt8]
  package let pid: Int
  package let cpu: Int
  package let timeNs: Int64
  package let name: String
  package let body: String

  init?(_ line: ArraySlice<UInt8>) {
    let bytes = Array(line)
    guard bytes.count > 17, bytes[16] == UInt8(ascii: "-") else { return nil }
    let text = String(decoding: bytes[17...], as: UTF8.self)
    let words = text.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: true)
    guard words.count >= 4, let pid = Int(words[0]), let cpu = Int(words[1].dropFirst().dropLast()),
      words[2].hasSuffix(":"), words[3].hasSuffix(":")
    else { return nil }
    let stamp = words[2].dropLast().split(separator: ".")
    guard stamp.count == 2, stamp[1].count == 9, let seconds = Int64(stamp[0]), let fraction = Int64(stamp[1]) else {
      return nil
    }
    column = Array(bytes[..<16])
    (self.pid, self.cpu, timeNs) = (pid, cpu, seconds * 1_000_000_000 + fraction)
    name = String(words[3].dropLast())
    body = words.count == 5 ? String(words[4].drop { $0 == " " }) : ""
  }

  package var comm: [UInt8] { Array(column.drop { $0 == 0x20 }) }
}

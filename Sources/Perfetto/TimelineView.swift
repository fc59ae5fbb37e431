// Where a Perfetto page is to look: at a finding, with the tracks that matter pinned.

import KVMEvents
import TraceStore

/// A part of a timeline, as a link that Perfetto's page opens at it (its docs: deep linking).
package struct TimelineView {
  private let start, end, moment: Int64?
  private let pinned: [String]

  /// The whole recording.
  package init() {
    (start, end, moment) = (nil, nil, nil)
    pinned = ["gpc-replay: findings"]
  }

  /// The events of a finding's proof, and as much again on both sides.
  /// - Returns: nil: there is no such finding.
  package init?(finding: Int64, in database: TraceDatabase) throws(TraceStoreError) {
    let proof = """
      FROM event WHERE id = finding.event_id
        OR id IN (SELECT event_id FROM finding_event WHERE finding_id = finding.id)
      """
    let sql = """
      SELECT vm_id, cache_id, (SELECT ts_ns FROM event WHERE id = finding.event_id) AS moment,
        (SELECT min(ts_ns) \(proof)) AS first, (SELECT max(ts_ns) \(proof)) AS last
      FROM finding WHERE id = ?1
      """
    let row = try database.statement(sql, finding)
    guard try row.step() else { return nil }
    let (first, last) = (row.integer("first"), row.integer("last"))
    let margin = max(last.subtractingClamped(first), 1000)
    (start, end) = (max(first.subtractingClamped(margin), 0), last.addingClamped(margin))
    moment = row.integer("moment")
    let vm = row.optionalInteger("vm_id").map { ["VM \($0): .*"] } ?? []
    let cache = row.optionalInteger("cache_id").map { ["cache \($0): .*"] } ?? []
    pinned = ["gpc-replay: findings"] + vm + cache
  }

  /// - Parameters:
  ///   - page: of Perfetto, without a slash at its end.
  ///   - trace: where the page finds the trace.
  package func link(page: String, trace: String) -> String {
    let pattern = "^(\(pinned.joined(separator: "|")))$"
    let command = #"[{"id":"dev.perfetto.PinTracksByRegex","args":["\#(pattern)"]}]"#
    var words = [("url", trace)]
    if let start, let end { words += [("visStart", String(start)), ("visEnd", String(end))] }
    if let moment { words += [("ts", String(moment)), ("dur", "0")] }
    words.append(("startupCommands", command))
    return "\(page)/#!/?" + words.map { "\($0.0)=\(Self.encoded($0.1))" }.joined(separator: "&")
  }

  /// As `encodeURIComponent` does, and what a shell or a terminal would end a link at as well.
  private static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        bytes.append(byte)
      case _: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

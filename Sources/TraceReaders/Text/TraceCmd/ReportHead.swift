// What `trace-cmd report` prints before an event's fields.

/// `%16s-%-5d [%03d] %5d.%09d: %-21s `.
struct ReportHead {
  let comm: [UInt8]
  let pid: Int32
  let cpu: Int32
  /// Nanoseconds, or counter steps.
  let time: Int64
  /// 9 as with `-t`; 6; or 0 for a counter, which has no decimal point (`%12d`).
  var decimals = 9
  let name: String

  var text: [UInt8] {
    let left = "\(pid)"
    var line = [UInt8](repeating: 0x20, count: max(0, CommKey.width - comm.count)) + comm
    line += "-\(left)\(Self.padded("", 5 - left.utf8.count)) [\(Self.padded("\(cpu)", 3, with: "0"))] \(stamp): ".utf8
    line += "\(name):\(Self.padded("", 20 - name.utf8.count)) ".utf8
    return line
  }

  private var stamp: String {
    guard decimals > 0 else { return Self.padded("\(time)", 12) }
    let (seconds, nanoseconds) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
    let digits = Self.padded("\(nanoseconds)", 9, with: "0").prefix(decimals)
    return "\(Self.padded("\(seconds)", 5)).\(digits)"
  }

  private static func padded(_ word: String, _ width: Int, with filling: String = " ") -> String {
    String(repeating: filling, count: max(0, width - word.utf8.count)) + word
  }
}

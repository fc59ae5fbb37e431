// Dirty input, counted by kind; the first of each kind are kept whole.

import KVMEvents
import TextLayout

struct IssueLog {
  private(set) var issues: [ImportIssue] = []
  private(set) var counts: [ImportIssueKind: Int64] = [:]
  /// The line that something was wrong with last.
  private(set) var lastWrongLine: EventID = 0

  /// Issues of a kind that are kept.
  static let keptMax = 10
  /// Bytes of a line that an issue shows.
  private static let excerptMax = 200

  mutating func note(_ kind: ImportIssueKind, line id: EventID, _ reason: @autoclosure () -> String, _ line: Line?) {
    note(kind, line: id, reason(), excerpt: line.map { Self.printable($0.bytes) } ?? "")
  }

  /// - Parameter excerpt: what stands there, printable, where it is no line.
  mutating func note(
    _ kind: ImportIssueKind, line id: EventID, _ reason: @autoclosure () -> String,
    excerpt: @autoclosure () -> String
  ) {
    let count = counts[kind, default: 0]
    counts[kind] = count + 1
    if kind.severity != .info { lastWrongLine = id }
    guard count < Self.keptMax else { return }
    issues.append(ImportIssue(kind: kind, line: id, reason: reason(), excerpt: excerpt()))
  }

  /// The first bytes as text: what cannot be printed as `\xNN`, what is no UTF-8 replaced.
  private static func printable(_ bytes: UnsafeRawBufferPointer) -> String {
    var text = ""
    for scalar in String(decoding: bytes.prefix(excerptMax), as: UTF8.self).unicodeScalars {
      if scalar.value < 0x20 || scalar.value == 0x7f {
        text += scalar.value < 0x10 ? "\\x0" : "\\x"
        text += String(scalar.value, radix: 16)
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return bytes.count > excerptMax ? text + "…" : text
  }
}

// Malformed input, counted by kind; the first of each kind are kept.

import KVMEvents
import TextLayout

struct IssueLog {
  private(set) var issues: [ImportIssue] = []
  private(set) var counts: [ImportIssueKind: Int64] = [:]
  /// The line of the last issue.
  private(set) var lastWrongLine: EventID = 0

  /// Maximum number of kept issues of a kind.
  static let keptMax = 10
  /// Maximum length of an excerpt in bytes.
  private static let excerptMax = 200

  mutating func note(_ kind: ImportIssueKind, line id: EventID, _ reason: @autoclosure () -> String, _ line: Line?) {
    note(kind, line: id, reason(), excerpt: line.map { Self.printable($0.bytes) } ?? "")
  }

  /// - Parameter excerpt: the contents, printable, if it is not a line.
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

  /// What was noted of this kind so far was no part of the recording.
  mutating func withdraw(_ kind: ImportIssueKind) {
    counts[kind] = nil
    issues.removeAll { $0.kind == kind }
  }

  /// The first bytes as text: unprintable bytes as `\xNN`, invalid UTF-8 replaced.
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

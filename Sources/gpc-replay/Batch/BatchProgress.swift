// How far a batch is, on standard error where that is a terminal.

import Glibc
import Report
import TextLayout

struct BatchProgress {
  private let isShown = isatty(STDERR_FILENO) == 1
  private let begun = ContinuousClock.now
  private var shownAt: ContinuousClock.Instant?
  /// nil: not known.
  private let total: Int?
  private(set) var done = 0
  /// Of those that are done, how many were judged in this run.
  private var madeCount = 0
  private var counts: [String: Int] = [:]

  init(total: Int?) { self.total = total }

  mutating func add(_ line: RecordingLine, isCached: Bool) {
    done += 1
    if !isCached { madeCount += 1 }
    counts[line.word, default: 0] += 1
    show()
  }

  mutating func show() {
    guard isShown else { return }
    let now = ContinuousClock.now
    guard shownAt.map({ now - $0 > .milliseconds(200) }) ?? true else { return }
    shownAt = now
    printError("\r\u{1b}[K\(text(after: now - begun))")
  }

  /// `12 of 61 recordings: 3 with findings, 1 unknown, 1 crashed, 40 s left`.
  /// - Parameter elapsed: nil: no more is done.
  func text(after elapsed: Duration?) -> String {
    var parts = counts.sorted { $0.key < $1.key }.map { word, count in
      "\(count) \(word == ReportVerdict.Status.findings.rawValue ? "with findings" : word.replacing("_", with: " "))"
    }
    // What was there already says nothing of the time that others take.
    if let elapsed, let total, madeCount > 0 {
      parts.append("\(elapsed.components.seconds * Int64(total - done) / Int64(madeCount) + 1) s left")
    }
    let counted = total.map { "\(done) of \(plural($0, "recording"))" } ?? plural(done, "recording")
    return parts.isEmpty ? counted : "\(counted): \(parts.joined(separator: ", "))"
  }

  func wipe() {
    if isShown { printError("\r\u{1b}[K") }
  }
}

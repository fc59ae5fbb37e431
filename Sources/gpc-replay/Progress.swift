// Progress on standard error: when it is a terminal and the work takes more than a second.

import Glibc
import Pipeline
import TextLayout

/// Bytes, events, rate and the time that is left, on one line that is wiped at the end.
struct Progress {
  private let isShown = isatty(STDERR_FILENO) == 1
  private let begun = ContinuousClock.now
  private var shownAt: ContinuousClock.Instant?

  mutating func update(_ state: ImportProgress) {
    guard isShown else { return }
    let now = ContinuousClock.now
    let elapsed = now - begun
    guard elapsed > .seconds(1), shownAt.map({ now - $0 > .milliseconds(200) }) ?? true else { return }
    shownAt = now
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    let (bytes, total) = (state.bytes, state.bytesTotal)
    var line = "\(megabytes(bytes)) MB"
    if let total { line += " of \(megabytes(total))" }
    line += ", \(state.events) events, \(Int(Double(state.events) / seconds)) events/s"
    if let total, bytes > 0, bytes <= total {
      line += ", \(Int(seconds * Double(total - bytes) / Double(bytes)) + 1) s left"
    }
    printError("\r\u{1b}[K\(line)")
  }

  func finish() {
    if shownAt != nil { printError("\r\u{1b}[K") }
  }

  private func megabytes(_ bytes: Int64) -> String { "\(bytes / 1_000_000).\(bytes / 100_000 % 10)" }
}

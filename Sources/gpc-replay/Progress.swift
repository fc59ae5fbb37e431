// Progress on standard error: when it is a terminal and the work takes more than a second.

import Glibc
import Pipeline
import TextLayout

/// How much is done, at what rate, and the time that is left, on one line that is wiped at the end.
struct Progress {
  private let isShown = isatty(STDERR_FILENO) == 1
  private var begun = ContinuousClock.now
  private var shownAt: ContinuousClock.Instant?

  mutating func update(_ state: WorkProgress) {
    guard isShown else { return }
    let now = ContinuousClock.now
    let elapsed = now - begun
    guard elapsed > .seconds(1), shownAt.map({ now - $0 > .milliseconds(200) }) ?? true else { return }
    shownAt = now
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    var line = share(state)
    if let events = state.events { line += ", \(events) events, \(Int(Double(events) / seconds)) events/s" }
    if let total = state.total, state.done > 0, state.done <= total {
      line += ", \(Int(seconds * Double(total - state.done) / Double(state.done)) + 1) s left"
    }
    printError("\r\u{1b}[K\(line)")
  }

  private func share(_ state: WorkProgress) -> String {
    let total = state.total
    return switch state.unit {
    case .bytes: "\(megabytes(state.done)) MB" + (total.map { " of \(megabytes($0))" } ?? "")
    case .events: "\(grouped(state.done))" + (total.map { " of \(grouped($0)) events" } ?? " events")
    case .searches: "\(state.done)" + (total.map { " of \($0) searches" } ?? " searches")
    case .recordings: "\(grouped(state.done))" + (total.map { " of \(grouped($0)) recordings" } ?? " recordings")
    }
  }

  mutating func finish() {
    if shownAt != nil { printError("\r\u{1b}[K") }
    (begun, shownAt) = (ContinuousClock.now, nil)
  }

  private func megabytes(_ bytes: Int64) -> String { "\(bytes / 1_000_000).\(bytes / 100_000 % 10)" }
}

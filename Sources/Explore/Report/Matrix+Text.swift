// The matrix as a terminal shows it.

import GPCProtocol
import TextLayout

extension Matrix {
  /// In `width` columns.
  package func text(width: Int) -> [String] {
    let heading = [""] + scenarios.indices.map { "\($0 + 1)" }
    let rows = zip(forms, cells).map { [$0.id] + $1.map { $0?.mark ?? "-" } }
    let legend = scenarios.enumerated().map { "\($0.offset + 1)  \($0.element.name): \($0.element.summary)" }
    return blocks([heading] + rows, right: [], width: width)
      + folded([""] + legend + [""] + Self.key + [verdict], width: width)
  }

  private static let key = [
    "C contract, S stale, D deadlock, L livelock, W spins while invalidated (endlessly, which no recording shows)",
    ". clean under sequential consistency, ? not searched to the end, - the form has no such user",
    "A counterexample's id is FORM/SCENARIO/VERDICT; gpc-replay explore --protocol FORM --scenario SCENARIO shows it.",
  ]

  private var verdict: String {
    let seen = "\(searched.count) cells, \(stateCount) states, \(stateCountMax) in the largest"
    let cutOff = searched.count { $0.completeness != .complete }
    return cutOff == 0 ? "COMPLETE: \(seen)" : "TRUNCATED: \(seen); \(cutOff) not searched to the end"
  }
}

extension Exploration {
  /// The verdicts as letters.
  fileprivate var mark: String {
    let letters = verdicts.map(\.letter).joined()
    switch completeness {
    case .complete: return letters.isEmpty ? "." : letters
    case .truncated: return letters + "?"
    }
  }
}

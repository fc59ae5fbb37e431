// `--ktap`: the verdict as the kernel's tests print theirs (Documentation/dev-tools/ktap.rst).

import KVMEvents
import Results

/// One test for each kind of finding. What could not be judged is skipped, not passed.
package struct KTAPReport {
  private let report: Report

  package init(_ report: Report) { self.report = report }

  package var text: String {
    let kinds = Finding.Kind.allCases
    var lines = ["KTAP version 1", "# \(Headline(report, database: nil, width: 100).sentence)", "1..\(kinds.count)"]
    let limit = report.whyIncomplete.first ?? report.limits.first
    for (index, kind) in kinds.enumerated() {
      let found = report.findingCounts.filter { $0.kind == kind }
      let counts = found.map { "\($0.count) \($0.certainty.rawValue)" }.joined(separator: ", ")
      let name = "\(index + 1) \(kind.rawValue)"
      if !found.isEmpty {
        lines.append("not ok \(name) # \(counts)")
      } else if let limit {
        lines.append("ok \(name) # SKIP \(limit)")
      } else if let hidden = hidden(kind), hidden > 0 {
        lines.append("ok \(name) # SKIP \(hidden) decisions leave open whether one was missed")
      } else {
        lines.append("ok \(name)")
      }
    }
    return lines.map { $0.printable + "\n" }.joined()
  }

  /// Decisions that could hide one of this kind: a test only a `stale`; a check also a `contract`.
  private func hidden(_ kind: Finding.Kind) -> Int64? {
    switch kind {
    case .contract: report.hiddenMisses.checks
    case .stale: report.hiddenMisses.total
    case .stuck, .divergence, .excessiveRetry: nil
    }
  }
}

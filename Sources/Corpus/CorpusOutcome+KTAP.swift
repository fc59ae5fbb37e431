// A run over the corpus as KTAP, for the CI of kernels (Documentation/dev-tools/ktap.rst).

import KVMEvents
import Results
import TextLayout

extension CorpusOutcome {
  /// A test for each case; what differs in it is in diagnostic lines before it. A broken case has failed.
  package var ktap: String {
    var lines = ["KTAP version 1", "1..\(cases.count)"]
    for (index, outcome) in cases.enumerated() {
      let row = outcome.row
      if let fault = row.fault { lines.append("# \(row.name): \(fault)") }
      lines += outcome.differences.map { "# \(row.name): \($0.sentence)" }
      let isPassed = !outcome.isBroken && outcome.differences.isEmpty
      lines.append("\(isPassed ? "ok" : "not ok") \(index + 1) \(row.name)")
    }
    return lines.map { $0.printable + "\n" }.joined()
  }
}

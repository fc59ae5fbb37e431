// How many decisions depend on a doubt, as text.

import KVMEvents
import Results
import TextLayout

extension Report.DoubtCount {
  var counted: String {
    switch subject {
    case .retryTest: plural(count, "retry test")
    case .check: plural(count, "check")
    case .cause: plural(count, "round")
    }
  }
}

extension Report {
  /// What could not be judged of a subject, and why, for one sentence.
  func unknown(_ subject: Subject) -> String {
    let doubts = doubts.filter { $0.subject == subject && $0.verdict == Decision.unknown.rawValue }
    return doubts.map { doubts.count == 1 ? $0.meaning : "\($0.meaning) (\(grouped($0.count)))" }
      .joined(separator: ", ")
  }
}

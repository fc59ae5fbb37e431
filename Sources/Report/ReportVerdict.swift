// The last lines of a report, which determine the exit status.

import KVMEvents
import Results
import TextLayout

/// The verdict on the recording, in one word; the reasons as sentences.
package struct ReportVerdict: Encodable, Sendable {
  package enum Status: String, Encodable, Sendable {
    case clean
    /// At least one finding.
    case findings
    /// No finding, but something that could hide one.
    case unknown
    /// The input was incomplete, or what the replay may keep was not enough.
    case incomplete
  }

  package var status: Status
  package var reasons: [String]
}

extension ReportVerdict {
  init(of report: Report) {
    if report.isIncomplete {
      self.init(status: .incomplete, reasons: report.whyIncomplete)
    } else if !report.findingCounts.isEmpty {
      self.init(status: .findings, reasons: Self.findings(report) + report.doubtsOfMisses)
    } else {
      let doubts = report.doubtsOfMisses
      self.init(status: doubts.isEmpty ? .clean : .unknown, reasons: doubts.isEmpty ? [Self.clean] : doubts)
    }
  }

  private static let clean = "no missed invalidation, no divergence and no excessive retries in what was recorded"

  private static func findings(_ report: Report) -> [String] {
    report.findingCounts.map { "\(plural($0.count, "finding")): \($0.kind.rawValue), \($0.certainty.rawValue)" }
  }
}

extension Report {
  /// What could hide a missed invalidation.
  var doubtsOfMisses: [String] {
    limits + (hiddenMisses.sentence.map { ["could hide a missed invalidation: \($0)"] } ?? [])
  }

  /// The status if only findings of these kinds count; nil: all kinds. What is unknown does either way.
  package func verdict(failingOn kinds: [Finding.Kind]?) -> ReportVerdict.Status {
    guard let kinds, verdict.status == .findings else { return verdict.status }
    if findingCounts.contains(where: { kinds.contains($0.kind) }) { return .findings }
    return doubtsOfMisses.isEmpty ? .clean : .unknown
  }
}

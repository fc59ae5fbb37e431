// The last line of a report and the exit status.

/// What the recording shows, in one word; the reasons in sentences.
package struct Verdict: Encodable, Sendable {
  package enum Status: String, Encodable, Sendable {
    case clean
    /// At least one finding.
    case findings
    /// No finding, but something that could hide one.
    case unknown
    /// The input was not whole.
    case incomplete
  }

  package var status: Status
  package var reasons: [String]

  /// 0 clean, 1 findings, 2 the input is not whole, 3 unknown; 2 before 1 before 3.
  package var exitCode: Int32 {
    switch status {
    case .clean: 0
    case .findings: 1
    case .incomplete: 2
    case .unknown: 3
    }
  }
}

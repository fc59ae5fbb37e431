// From the results of the stages to a cell's verdict, and from a case's settings to theirs.

import Corpus
import Explore
import Forms
import GPCProtocol
import KVMEvents
import Report
import Results
import TraceReaders
import TraceStore

extension CellVerdict {
  /// For a form: what some order of the recorded steps does.
  ///
  /// - Parameter hasBlindSpots: the recording does not show all that a search needs to see.
  init(_ exploration: TraceExploration, hasBlindSpots: Bool) {
    let findings = exploration.verdictCounts.keys.map { verdict in
      switch verdict {
      case .contract: Finding(.contract)
      case .stale: Finding(.stale)
      case .deadlock: Finding(.deadlock)
      case .livelock: Finding(.livelock)
      case .spins: Finding(.spins)
      }
    }
    let isJudged = exploration.isComplete && !hasBlindSpots
    let nothing: Nothing = exploration.truncatedCount > 0 ? .truncated : isJudged ? .clean : .unknown
    self.init(findings, otherwise: nothing)
  }

  /// For the recorded kernel: the findings of the replay.
  init(_ report: Report) {
    let findings = report.findingCounts.map { Finding(Kind($0.kind), isPossible: $0.certainty == .possible) }
    let nothing: Nothing =
      switch report.verdict.status {
      case .clean, .findings: .clean
      case .unknown: .unknown
      case .incomplete: .incomplete
      }
    self.init(findings, otherwise: nothing)
  }
}

extension CaseDescription.Reading {
  /// The import of a case's trace, into memory.
  func request(_ input: TraceInput) -> ImportRequest {
    var request = ImportRequest(input, database: .memory)
    // The reader of descriptions admits no other clock.
    request.clock = clock.flatMap(TraceClock.init)
    request.allowsTruncated = allowTruncated == true
    return request
  }

  /// As with `--kernel`. The reader of descriptions admits only published forms.
  func kernel() -> KernelForm? { kernelForm.flatMap { ProtocolForm.named($0) }.map { KernelForm(asked: $0) } }
}

extension CaseDescription.Search {
  /// As `explore` searches with `arguments`.
  func request() throws(CaseFault) -> SearchRequest {
    SearchRequest(bound: try bound(), budget: SearchBudget(statesMax: statesMax ?? Self.statesMax))
  }

  private func bound() throws(CaseFault) -> ClockBound? {
    guard let delta else { return nil }
    guard let bound = ClockBound(delta) else {
      throw .malformed(reason: "search.delta is '\(delta)': a span such as 1000ns is wanted, or inf")
    }
    return bound
  }

  /// The same on the command line.
  package var arguments: [String] {
    var arguments = ["--states-max", String(statesMax ?? Self.statesMax)]
    if let delta { arguments += ["--delta", delta] }
    switch memoryModel {
    case .sequential: break
    case .tso: arguments += ["--memory", "tso"]
    case .tsoWithoutBarrier: arguments += ["--memory", "tso", "--drop-barrier"]
    }
    return arguments
  }
}

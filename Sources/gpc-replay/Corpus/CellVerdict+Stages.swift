// From what the stages found to a cell's verdict, and from a case's settings to theirs.

import Corpus
import Explore
import Forms
import GPCProtocol
import Replay
import Report

extension CellVerdict {
  /// Of a form: what some order of the recorded steps does.
  ///
  /// - Parameter hasBlindSpots: the recording does not show all that a search would have to see.
  init(_ exploration: TraceExploration, hasBlindSpots: Bool) {
    let findings = exploration.verdictCounts.keys.map { verdict in
      switch verdict {
      case .contract: Finding(.contract)
      case .stale: Finding(.stale)
      case .stuck: Finding(.stuck)
      }
    }
    let isJudged = exploration.isComplete && !hasBlindSpots
    let nothing: Nothing = exploration.truncatedCount > 0 ? .truncated : isJudged ? .clean : .unknown
    self.init(findings, otherwise: nothing)
  }

  /// Of the recorded kernel: what the replay found.
  init(_ report: Report) {
    let findings = report.findingCounts.compactMap { found in
      Kind(rawValue: found.kind).map { Finding($0, isPossible: found.certainty == "possible") }
    }
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
  /// As `--kernel` names it. A description that was read names none but a published one.
  func kernel() -> KernelForm? { kernelForm.flatMap { ProtocolForm.named($0) }.map { KernelForm(asked: $0) } }
}

extension CaseDescription.Search {
  /// As options of `explore`, so that both search alike.
  func limits() throws -> SearchLimitOptions {
    try SearchLimitOptions.parse(["--states-max", String(statesMax ?? Self.statesMax)])
  }

  func deltaArgument() throws(CaseFault) -> DeltaArgument? {
    guard let delta else { return nil }
    guard let argument = DeltaArgument(argument: delta) else {
      throw .malformed(reason: "search.delta is '\(delta)': a span such as 1000ns is wanted, or inf")
    }
    return argument
  }

  /// The same on the command line.
  var arguments: [String] {
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

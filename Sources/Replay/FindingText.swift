// The one sentence of each finding, in kernel terms.

import KVMEvents
import Operations
import Results

/// Phrases for findings; the numbers are the recording's.
enum FindingText {
  static func contract(_ check: PendingCheck, _ invalidation: InvalidationState) -> String {
    "kvm_gpc_check() says yes for uhva \(hex(check.state.uhva)) while invalidation \(hex(invalidation.range)) is between "
      + "the return of its start hook and its end hook"
  }

  static func staleCheck(
    _ check: PendingCheck, _ invalidation: InvalidationState, _ certainty: Finding.Certainty, isMappingKnown: Bool
  ) -> String {
    "kvm_gpc_check() says yes for uhva \(hex(check.state.uhva)) over a page that invalidation \(hex(invalidation.range)) "
      + "\(freed(certainty, by: invalidation)) its lookup" + (isMappingKnown ? "" : ", unless a refresh was omitted")
  }

  static func staleRound(
    _ evidence: RetryEvidence, _ invalidation: InvalidationState?, _ certainty: Finding.Certainty
  ) -> String {
    let round = evidence.round
    guard let invalidation else {
      return "round \(round.number) is accepted over an error pfn (\(hex(evidence.test.pfn?.rawValue ?? 0)))"
    }
    return "round \(round.number) for uhva \(hex(round.uhva)) is accepted over a page that invalidation "
      + "\(hex(invalidation.range)) \(freed(certainty, by: invalidation)) its lookup"
  }

  static func divergence(_ check: PendingCheck) -> String {
    let (said, replayed) = check.answer ? ("yes", "not valid") : ("no", "valid")
    return "kvm_gpc_check() says \(said) for uhva \(hex(check.state.uhva)) where the replayed cache is \(replayed)"
  }

  static func divergence(_ evidence: RetryEvidence, _ invalidation: InvalidationState?) -> String {
    let cause = invalidation.map { " (invalidation \(hex($0.range)))" } ?? ""
    let number = evidence.round.number
    return evidence.test.isRetried
      ? "the kernel repeated round \(number) where no order of the recorded events gives a reason to"
      : "the kernel accepted round \(number) where every order of the recorded events makes it retry\(cause)"
  }

  static func excessive(_ refresh: RefreshState, _ judged: JudgedRefresh, uhva: UHVA?, _ unit: StampUnit) -> String {
    "refresh of uhva \(hex(uhva)) repeated \(judged.falseCount) of its \(refresh.roundCount) rounds for "
      + "unrelated invalidations and spent \(unit.figure(judged.falseNs)) \(unit.name) in those"
  }

  private static func freed(_ certainty: Finding.Certainty, by invalidation: InvalidationState) -> String {
    switch certainty {
    case .certain: "freed after"
    case .possible where invalidation.mayBeSplit: "may have freed (or only split a huge page there) since"
    case .possible: "may have freed during"
    }
  }

  static func stuck(_ invalidation: InvalidationState, uhva: UHVA?, at statement: String) -> String {
    "refresh of uhva \(hex(uhva)) waits for invalidation \(hex(invalidation.range)) at \(statement), in a loop that it "
      + "cannot leave"
  }

  private static func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
  private static func hex(_ address: UHVA?) -> String { address.map { hex($0.rawValue) } ?? "unknown" }
  private static func hex(_ range: HVARange) -> String { "[\(hex(range.start)), \(hex(range.end)))" }
}

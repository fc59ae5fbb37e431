// Something that is said of a part and not of the whole.

import KVMEvents
import Results

/// One breach of monotone evidence (rule 19 of docs/evidence.md).
package struct Contradiction: Sendable {
  /// What kind of breach it is; failures are grouped by it, and a smaller recording must show the same one.
  package enum Class: Hashable, Sendable {
    /// There is no judgement: what was written cannot be read.
    case notJudged
    /// The whole has no such finding on that cache and mapping.
    case newFinding(Finding.Kind, isCertain: Bool)
    /// It has one there, but of another invalidation.
    case otherInvalidation(Finding.Kind, isCertain: Bool)
    /// It has it, as possible.
    case certainOfPossible(Finding.Kind)
    /// Every order allowed gives the other answer.
    case turnedDecision(Subject, whole: Decision, part: Decision)
    /// Forced, where the whole leaves it open or does not know it.
    case forcedFromUnforced(Subject, whole: Decision?, part: Decision)
    case turnedCause(whole: String, part: String)
    case causeFromNone(whole: RetryRound.Cause?, part: RetryRound.Cause)
    case turnedOutcome(whole: RetryRound.Outcome, part: RetryRound.Outcome)
    case turnedAnswer
    /// One row has events of two of the whole's, or of none.
    case pairedWrongly(Subject)
    case cleanOfFinding(Finding.Kind)
    case cleanOfUnknown
  }

  package enum Subject: String, Sendable {
    case retryTest = "retry test"
    case check
    case invalidation
  }

  package let kind: Class
  /// What it is about, by ids of the whole.
  package let events: [EventID]
  package let text: String

  package init(kind: Class, events: [EventID], text: String) {
    self.kind = kind
    self.events = events
    self.text = text
  }
}

extension Contradiction.Class: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notJudged: "the part cannot be judged"
    case .newFinding(let kind, let isCertain): "\(Self.word(isCertain)) \(kind.rawValue) that the whole does not have"
    case .otherInvalidation(let kind, let isCertain):
      "\(Self.word(isCertain)) \(kind.rawValue) of another invalidation than the whole's"
    case .certainOfPossible(let kind): "certain \(kind.rawValue) that the whole has as possible"
    case .turnedDecision(let subject, let whole, let part):
      "\(subject.rawValue): \(whole.rawValue) in the whole, \(part.rawValue) in the part"
    case .forcedFromUnforced(let subject, let whole, let part):
      "\(subject.rawValue): \(whole?.rawValue ?? "not judged") in the whole, \(part.rawValue) in the part"
    case .turnedCause(let whole, let part): "cause: \(whole) in the whole, \(part) in the part"
    case .causeFromNone(let whole, let part):
      "cause: \(whole?.rawValue ?? "none") in the whole, \(part.rawValue) in the part"
    case .turnedOutcome(let whole, let part): "outcome: \(whole.rawValue) in the whole, \(part.rawValue) in the part"
    case .turnedAnswer: "answer of a check: another one in the part"
    case .pairedWrongly(let subject): "\(subject.rawValue): events of several of the whole's in one"
    case .cleanOfFinding(let kind): "clean, and the whole has a finding: \(kind.rawValue)"
    case .cleanOfUnknown: "clean, and the whole is unknown"
    }
  }

  private static func word(_ isCertain: Bool) -> String { isCertain ? "certain" : "possible" }
}

extension Contradiction.Class: Comparable {
  /// The worst first: what `Monotone evidence` is about, then what only says more than the whole does.
  package var rank: Int {
    switch self {
    case .notJudged, .newFinding(_, isCertain: true): 0
    case .newFinding: 3
    case .certainOfPossible: 1
    case .turnedDecision: 1
    case .turnedAnswer, .turnedOutcome: 2
    case .otherInvalidation: 4
    case .turnedCause: 4
    case .cleanOfFinding: 5
    case .cleanOfUnknown: 6
    case .pairedWrongly: 7
    case .forcedFromUnforced: 8
    case .causeFromNone: 9
    }
  }

  /// Not against the whole, and yet more than it says.
  package var onlySaysMore: Bool {
    switch self {
    case .pairedWrongly, .forcedFromUnforced, .causeFromNone: true
    case .notJudged, .newFinding, .otherInvalidation, .certainOfPossible, .turnedDecision, .turnedCause, .turnedOutcome,
      .turnedAnswer, .cleanOfFinding, .cleanOfUnknown:
      false
    }
  }

  /// Letters, digits and dashes.
  package var fileName: String { "\(self)".split { !$0.isLetter && !$0.isNumber }.joined(separator: "-") }

  package static func < (a: Self, b: Self) -> Bool { (a.rank, a.description) < (b.rank, b.description) }
}

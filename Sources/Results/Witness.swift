// What the next lookup of a stale page shows (docs/evidence.md, rule 21); columns of the table `finding`.

import KVMEvents

/// The next lookup after the invalidation that may have removed the page, or why there is none.
package struct Witness: Hashable, Sendable {
  package enum Answer: String, CaseIterable, Encodable, Sendable {
    /// It returned another pfn: the accepted one was no longer mapped there.
    case otherPFN = "other_pfn"
    /// It returned the same pfn; `WitnessWeight` has the weight of that.
    case samePFN = "same_pfn"
    /// There is none; `Lack` says why.
    case none
  }

  package enum Lack: String, CaseIterable, Encodable, Sendable {
    /// The page was not looked up again.
    case notLookedUp = "not_looked_up"
    /// Another invalidation that removes mappings of the page was open before the next lookup had returned.
    case blocked
    /// An invalidation that is not recorded may have been open.
    case hidden
    /// The accepted pfn is not recorded.
    case noPFN = "no_pfn"
    /// Events were lost before the next lookup had returned.
    case loss
    /// An accepted error pfn is not a page: it needs no witness.
    case errorPFN = "error_pfn"
    /// A refresh that is not recorded may have looked the page up again.
    case unrecordedRefresh = "unrecorded_refresh"
    /// More pages waited for a lookup than the limit.
    case crowded
  }

  package let answer: Answer
  /// Only with `none`.
  package let lack: Lack?
  /// The lookup's entry and return.
  package let lookup: EventID?
  package let lookupRet: EventID?

  package static func none(_ lack: Lack) -> Witness { Witness(answer: .none, lack: lack, lookup: nil, lookupRet: nil) }

  package init(answer: Answer, lack: Lack?, lookup: EventID?, lookupRet: EventID?) {
    self.answer = answer
    self.lack = lack
    self.lookup = lookup
    self.lookupRet = lookupRet
  }
}

/// The weight of the same pfn in a recording: how often a lookup returned the same pfn although a removal certainly lay
/// between it and the one before. The row of the table `witness_weight`.
package struct WitnessWeight: Hashable, Sendable {
  package private(set) var afterRemovalCount: Int64 = 0
  package private(set) var samePFNCount: Int64 = 0

  package init() {}

  package mutating func count(isSame: Bool) {
    afterRemovalCount += 1
    if isSame { samePFNCount += 1 }
  }
}

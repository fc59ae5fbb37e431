// What the next lookup of a stale page shows, in a sentence.

import KVMEvents
import Results
import TextLayout

extension FindingDetail.Witness {
  /// - Parameter place: what the events' ids count.
  func sentence(_ place: EventPlace) -> String {
    let lookup = "the next lookup of the page (\(place.rawValue) \(lookup ?? 0))"
    switch answer {
    case .otherPFN: return "witness: \(lookup) returned another pfn, so the accepted one was no longer mapped"
    case .samePFN: return "witness: \(lookup) returned the same pfn; \(weight)"
    case .none: return "no witness: " + (lack ?? .notLookedUp).words
    }
  }

  /// The weight of the same pfn.
  private var weight: String {
    guard afterRemoval > 0 else { return "nothing shows what that weighs: no lookup surely follows a removal" }
    let counted =
      "of \(plural(afterRemoval, "lookup")) after a sure removal \(grouped(samePfn)) did"
      + " (\((100 * samePfn + afterRemoval / 2) / afterRemoval)%)"
    let words =
      if 10 * samePfn <= afterRemoval { "that it was kept is likely" } else if 2 * samePfn <= afterRemoval {
        "that says little"
      } else { "that says nearly nothing" }
    return "\(words): \(counted)"
  }
}

extension Witness.Lack {
  fileprivate var words: String {
    switch self {
    case .notLookedUp: "the page was not looked up again"
    case .blocked: "another invalidation of the page was open before its next lookup had returned"
    case .hidden: "an invalidation that is not recorded may have been open"
    case .noPFN: "the accepted pfn is not recorded"
    case .loss: "events were lost before its next lookup had returned"
    case .errorPFN: "an error pfn needs none"
    case .unrecordedRefresh: "a refresh that is not recorded may have looked the page up again"
    case .crowded: "too many pages waited for their next lookup"
    }
  }
}

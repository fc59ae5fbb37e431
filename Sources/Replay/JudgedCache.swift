// The replay's state of a cache.

import KVMEvents
import Operations
import Results

/// The protocol's state of one cache.
struct JudgedCache {
  /// The page a cache maps since a round was accepted, and what happened to it since.
  struct Mapping {
    let lookup: Moment
    let lookupRet: Moment
    let page: UHVA
    let pfn: PFN?
    let refresh: Int64
    /// The retry test has no event of its own: it is anywhere up to the body's return (evidence, rule 18).
    let isOfFunctionLevel: Bool
    /// An invalidation that freed the page since the lookup, and whether that is certain.
    var staleBy: (invalidation: InvalidationState, certainty: Finding.Certainty)?
    var isReported = false
    /// What may have removed the page since the lookup.
    var removers: Removers
    /// Waits for the next lookup of the page, since `staleBy` is known.
    var watch: Watch?
  }

  var validity = ValidityHistory()
  /// `gpc->pfn` is an error; nil: not known.
  var pfnIsError: Bool?
  /// Since the last deactivation was entered no refresh began, and no round was accepted.
  var isAloneInDeactivation = false
  /// nil: none known.
  var mapping: Mapping?
  /// nil: none known since its beginning, or since a gap.
  var trail: LookupTrail?
  /// The refresh whose mapping an unrecorded one may have replaced: a check found a different `valid` or page.
  var doubtedMapping: Int64?

  /// It maps a page of the invalidation's range.
  func maps(pageOf invalidation: InvalidationState) -> Bool {
    mapping.map { invalidation.overlaps(page: $0.page) } ?? false
  }

  /// An invalidation has become known that may remove what it maps, or what it looked up last.
  mutating func meetRemover(_ invalidation: InvalidationState) {
    // In place, since otherwise each invalidation would copy every cache.
    if let page = trail?.page { trail?.removers.meet(invalidation, page: page) }
    if let page = mapping?.page { mapping?.removers.meet(invalidation, page: page) }
  }

  /// Neither `valid` nor its mapping are known any more.
  mutating func forget() {
    validity.forget()
    mapping = nil
    trail = nil
    pfnIsError = nil
  }

  /// The same for what was before this moment: a walk in progress may still clear it.
  mutating func forget(before moment: Moment, _ order: MomentOrder) {
    validity.forget(before: moment, order)
    mapping = nil
    pfnIsError = nil
  }
}

// A cache as the replay follows it.

import KVMEvents

/// The replay's number of a cache: its place among all.
typealias CacheNumber = Int

/// One `gfn_to_pfn_cache` in one epoch.
struct CacheState {
  /// The page a cache maps since a round was accepted, and what has come over it since.
  struct Mapping {
    let lookup: Moment
    let lookupRet: Moment
    let page: UHVA
    let refresh: Int64
    /// An invalidation that freed the page since the lookup, and whether that is certain.
    var staleBy: (invalidation: InvalidationState, certainty: Finding.Certainty)?
    var isReported = false
  }

  let id: Int32
  let gpc: GPCPointer
  let epoch: Int32
  let firstEvent: EventID
  var lastEvent: EventID
  var vm: VMState?
  var gpa: GPA?
  var uhva: UHVA?
  var isActive: Bool?
  var validity = ValidityHistory()
  /// nil: none known.
  var mapping: Mapping?

  init(id: Int32, gpc: GPCPointer, epoch: Int32, firstEvent: EventID) {
    self.id = id
    self.gpc = gpc
    self.epoch = epoch
    self.firstEvent = firstEvent
    lastEvent = firstEvent
  }

  /// The page whose invalidation concerns the cache; nil where the uhva is not known or an error.
  var page: UHVA? {
    guard let uhva, !uhva.isError else { return nil }
    return uhva.page
  }

  /// Takes on what an event records of it.
  mutating func see(uhva: UHVA?, gpa: GPA? = nil) {
    if let uhva { self.uhva = uhva }
    if let gpa { self.gpa = gpa }
  }

  /// `kvm_gpc_deactivate()` is entered.
  mutating func deactivate(uhva: UHVA?, gpa: GPA?, at moment: Moment, _ order: MomentOrder) {
    see(uhva: uhva, gpa: gpa)
    validity.change(to: false, after: moment, order)
    mapping = nil
    isActive = false
  }

  /// Events were dropped: neither its flags nor its mapping are known any more (evidence, rule 13).
  mutating func taint() {
    validity.forget()
    mapping = nil
    isActive = nil
  }

  var row: Cache {
    Cache(
      id: id, vm: vm?.id, gpc: gpc, epoch: epoch, firstEvent: firstEvent, lastEvent: lastEvent, lastGPA: gpa,
      lastUHVA: uhva)
  }
}

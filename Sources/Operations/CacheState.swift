// A cache as the recording shows it.

import KVMEvents
import Results

/// A cache's number: its position among all.
package typealias CacheNumber = Int

/// One `gfn_to_pfn_cache` in one epoch.
package struct CacheState {
  package let id: Int32
  package let gpc: GPCPointer
  package let epoch: Int32
  package let firstEvent: EventID
  package internal(set) var lastEvent: EventID
  package internal(set) var vm: VMState?
  package internal(set) var gpa: GPA?
  package internal(set) var uhva: UHVA?
  package internal(set) var isActive: Bool?
  /// It had an event since the last gap.
  var isTouched = false
  /// It changed since `takeMoved()`.
  var isMoved = false
  /// Its `kvm_gpc_init()` is in the recording.
  var isInitialisedInTrace = false
  /// A refresh of it may be in progress that is not recorded: from before the recording, or its entry was lost. Over
  /// with its next whole refresh, since `refresh_lock` admits one at a time.
  package internal(set) var mayHideRefresh = true

  init(id: Int32, gpc: GPCPointer, epoch: Int32, firstEvent: EventID) {
    self.id = id
    self.gpc = gpc
    self.epoch = epoch
    self.firstEvent = firstEvent
    lastEvent = firstEvent
  }

  /// The page whose invalidation concerns the cache; nil if the uhva is not known or an error.
  package var page: UHVA? {
    guard let uhva, !uhva.isError else { return nil }
    return uhva.page
  }

  /// Updates it from what an event records of it.
  mutating func see(uhva: UHVA?, gpa: GPA? = nil) {
    if let uhva { self.uhva = uhva }
    if let gpa { self.gpa = gpa }
  }

  /// Events were dropped: whether it is active is not known any more, and a refresh may have begun (evidence, rule 13).
  mutating func meetLoss() {
    isActive = nil
    mayHideRefresh = true
  }

  package var row: Cache {
    Cache(
      id: id, vm: vm?.id, gpc: gpc, epoch: epoch, firstEvent: firstEvent, lastEvent: lastEvent, lastGPA: gpa,
      lastUHVA: uhva)
  }
}

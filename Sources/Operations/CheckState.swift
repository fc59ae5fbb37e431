// A check in progress.

import GPCProtocol
import KVMEvents

/// One `kvm_gpc_check()` that has not returned yet.
package struct CheckState {
  package let id: Int64
  package let cache: CacheNumber
  package let task: TaskID
  package let entry: Moment
  package let conditions: CheckConditions
  /// How often memslots had changed at its entry; nil: they were changing, or that is not known.
  package let memslotChange: Int?
  /// An unrecorded memslot update may have been in progress.
  package let mayHideMemslotChange: Bool
  package let recordedValid: Bool?
  package let uhva: UHVA?
  /// An unrecorded refresh of the cache may have been in progress.
  package let mayHideRefresh: Bool
  /// It runs on top of a refresh (or the wait for one), a hook or another check of its thread.
  let isNested: Bool
}

/// What `kvm_gpc_check()` tests besides `valid`, from the fields that its probe read under the same lock.
package struct CheckConditions {
  /// All hold, with the generation as it was read; nil: a field is missing.
  package let hold: Bool?
  /// The generation alone decides whether they hold.
  package let dependOnGeneration: Bool
  /// The generation carries `KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS`.
  let isGenerationMoving: Bool
  // As they were read.
  package let active: Bool?
  package let generation: UInt64?
  package let slotsGeneration: UInt64?
  package let isGPABased: Bool

  init(_ event: borrowing RecordedEvent) {
    let (own, slots) = (event[.generation], event[.slotsGeneration])
    (generation, slotsGeneration) = (own, slots)
    active = event[.active].map { $0 == 1 }
    let ownGPA = event.fields.contains(.oldGpa) ? event[.oldGpa] : event[.gpa]
    isGPABased = ownGPA.map { $0 != GPA.invalid.rawValue } ?? false
    isGenerationMoving = ((own ?? 0) | (slots ?? 0)) & MemslotTable.updateInProgress != 0
    guard let active = event[.active] else {
      (hold, dependOnGeneration) = (nil, false)
      return
    }
    guard active == 1 else {
      (hold, dependOnGeneration) = (false, false)
      return
    }
    guard let uhva = event.uhva, let gpa = event.gpa, let length = event[.len] else {
      (hold, dependOnGeneration) = (nil, false)
      return
    }
    var cache = GfnToPfnCache()
    cache.active = true
    cache.valid = true
    cache.uhva = uhva
    cache.gpa = event[.oldGpa].map(GPA.init(rawValue:)) ?? gpa
    let holdWithFreshGeneration = cache.check(len: length, requestedGPA: gpa, generationIsFresh: true).isYes
    dependOnGeneration = cache.isGPABased && holdWithFreshGeneration
    if !dependOnGeneration {
      hold = holdWithFreshGeneration
    } else if let own, let slots {
      hold = own == slots
    } else {
      hold = nil
    }
  }
}

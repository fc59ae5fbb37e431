// One recorded window as all forms take it: its moments in time order, and what happens at each.

import GPCProtocol
import KVMEvents

/// The moments of a window, made once and shared by all forms.
struct WindowPlan {
  struct Moment {
    let timeNs: Int64
    let id: EventID
    /// Index into `operations`.
    let operation: Int
    let kind: Kind
  }

  enum Kind: UInt8 {
    /// A refresh is requested, a check asks, a deactivation is called.
    case begin
    /// The count goes up.
    case countUp
    /// The caches are walked, in the forms that do so in the start hook.
    case walk
    /// The start hook returns: the contract window opens.
    case startRet
    /// The end hook is called: the pages were freed.
    case endEntry
    /// The caches are walked, in the forms that do so in the end hook before the count goes down.
    case endWalk
    /// The seq is bumped and the count goes down; v1 walks the caches after that.
    case countDown
  }

  struct Operation {
    enum Kind {
      case invalidate(HVARange, hitsMemslot: Bool, removesMappings: Bool)
      case refresh(RefreshPlan)
      /// `isRefused`: one of the other conditions does not hold, so the answer is no under every form.
      case check(isRefused: Bool)
      case deactivate
      /// A refresh that was rejected (`-EINVAL`) before it touched the cache.
      case refusedRefresh(durationNs: Int64)
    }

    let kind: Kind
    /// The cache in the model; 0 for an invalidation.
    let cache: Int
    /// Which operation of the window it is.
    let recorded: Int
    /// What the recording shows of a cache that existed before.
    var adoption: Adoption?
  }

  /// A cache as its first visible event shows it.
  struct Adoption {
    let gpa: GPA
    let uhva: UHVA
    let isValid: Bool
  }

  private(set) var operations: [Operation] = []
  private(set) var moments: [Moment] = []

  mutating func add(_ operation: Operation) -> Int {
    operations.append(operation)
    return operations.count - 1
  }

  mutating func add(_ kind: Kind, _ operation: Int, _ moment: KVMEvents.Moment) {
    moments.append(Moment(timeNs: moment.time, id: moment.id, operation: operation, kind: kind))
  }

  mutating func add(_ kind: Kind, _ operation: Int, _ moment: KVMEvents.Moment, at timeNs: Int64) {
    moments.append(Moment(timeNs: timeNs, id: moment.id, operation: operation, kind: kind))
  }

  /// Of its refreshes, in the recording.
  var refreshes: [RefreshPlan] {
    operations.compactMap { operation in
      if case .refresh(let plan) = operation.kind { return plan }
      return nil
    }
  }

  mutating func sort() {
    moments.sort { ($0.timeNs, $0.id, $0.kind.rawValue) < ($1.timeNs, $1.id, $1.kind.rawValue) }
  }

  mutating func adopt(_ adoption: Adoption, _ operation: Int) { operations[operation].adoption = adoption }
}

extension GPA {
  /// The guest page of a gpa-based cache whose memslot gives `uhva`: a name, since recordings need not contain the real
  /// one.
  static func standing(for uhva: UHVA) -> GPA { GPA(rawValue: uhva.page.rawValue) }
}

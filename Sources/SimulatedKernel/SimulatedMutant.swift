// Kernels that do one step wrong.

import Forms
import GPCProtocol
import KVMEvents

package struct SimulatedMutant: Sendable {
  /// Where it deviates from its form.
  package enum Part: Sendable {
    /// Whether a round is repeated.
    case retryTest
    /// What a walk does to the caches, and so what a check answers.
    case walk
    /// Either, or when a hook or a refresh does it.
    case other
  }

  typealias Text = ProtocolText<RecordingState>

  package let name: String
  package let part: Part
  private let change: (@Sendable (inout ProtocolRules) -> Void)?
  /// Changes the text of the form; nil: it only has other rules.
  let edit: (@Sendable (inout Text) -> Void)?
  /// The form has what is changed.
  private let fits: @Sendable (ProtocolRules) -> Bool

  private init(_ name: String, _ part: Part, rules change: @escaping @Sendable (inout ProtocolRules) -> Void) {
    self.name = name
    self.part = part
    self.change = change
    edit = nil
    fits = { _ in true }
  }

  private init(
    _ name: String, _ part: Part, where fits: @escaping @Sendable (ProtocolRules) -> Bool = { _ in true },
    edit: @escaping @Sendable (inout Text) -> Void
  ) {
    self.name = name
    self.part = part
    change = nil
    self.edit = edit
    self.fits = fits
  }

  /// Can a kernel of this form do it wrong?
  package func fits(_ form: ProtocolForm) -> Bool { fits(form.rules) }

  /// The form with other rules, if that is the mutation.
  func form(_ form: ProtocolForm) -> ProtocolForm {
    guard let change else { return form }
    return form.followed(by: name, title: name, source: "a simulated kernel", change)
  }

  /// The one-line bugs that leave a kernel which continues.
  package static let all = ofTheRetryTest + ofTheWalk + ofTheRest

  private static let ofTheRetryTest = [
    SimulatedMutant("no-retry-test", .retryTest, rules: { $0.retry = RetryRule(inFlight: .unread, readsSeq: false) }),
    SimulatedMutant("no-count", .retryTest, rules: { $0.retry.inFlight = .unread }),
    SimulatedMutant("no-seq", .retryTest, rules: { $0.retry.readsSeq = false }),
    SimulatedMutant("seq-before-count", .retryTest, where: \.testsCountAndSeq) { $0.swap("retry.count", "retry.seq") },
    SimulatedMutant("snapshot-after-lookup", .retryTest, where: \.takesSnapshot) {
      $0.move("refresh.snapshot", behind: "refresh.lookUp")
    },
    SimulatedMutant("test-before-relock", .retryTest, where: \.testsAtOnce) {
      $0.move("refresh.relock", behind: "mmu_notifier_retry_cache()")
      $0.send("retry.count", .retry, to: "refresh.lockWrite")
      $0.send("retry.seq", .retry, to: "refresh.lockWrite")
    },
  ]

  private static let ofTheWalk = [
    SimulatedMutant("no-walk", .walk) { $0.drop("gfn_to_pfn_cache_invalidate()") },
    SimulatedMutant("late-walk", .walk, rules: { $0.walk.place = .endHookBeforeCount }),
    SimulatedMutant("walk-misses-first-byte", .walk, where: \.walkReads) {
      $0["walk.test"].effect = .tests { step in
        step.gpc.isHit(by: withoutFirstByte(step.range), step.rules.walk) ? .hit : .miss
      }
      $0["walk.clear"].effect = .tests { step in
        step.gpc.walk(withoutFirstByte(step.range), step.rules.walk) ? .hit : .miss
      }
    },
    SimulatedMutant("walk-stops-at-first-hit", .walk) { $0.send("walk.unlockWrite", to: "walk.unlockList") },
  ]

  private static let ofTheRest = [
    SimulatedMutant("walk-before-count", .other, where: \.walksBehindCount) {
      $0.move("hook.lockCount", "hook.raiseCount", "hook.unlockCount", behind: "gfn_to_pfn_cache_invalidate()")
    },
    SimulatedMutant("count-down-before-seq", .other, where: \.endsPlainly) {
      $0.move("hook.endLockMMU", "hook.raiseSeq", "hook.endUnlockMMU", behind: "hook.endUnlockCount")
    },
    SimulatedMutant("store-outside-lock", .other, where: \.hasRefreshLock) {
      $0.swap("refresh.accept", "refresh.unlockWrite")
      // A refresh that keeps its mapping has nothing to store.
      $0.send("refresh.begin", .kept, to: "refresh.unlockWrite")
      $0["refresh.unlockWrite"].ways = [(.done, "refresh.accept"), (.kept, "refresh.unlockRefresh")]
      $0["refresh.unlockWrite"].effect = .tests { step in
        step.local.hasBufferedValid = false
        return step.local.newPFN.isError ? .kept : .done
      }
    },
    SimulatedMutant("deactivation-keeps-valid", .other) {
      $0["deactivate.store"].effect = .does { $0.gpc.active = false }
    },
    SimulatedMutant("moved-uhva-kept", .other) {
      $0["refresh.begin"].effect = .tests { step in
        let entry = step.gpc.beginRefresh(step.request)
        if step.gpc.valid { return .kept }
        switch entry {
        case .inactive: return .inactive
        case .noMemslot: return .noMemslot
        case .kept: return .kept
        case .lookUp:
          step.gpc.enterRetryLoop(step.rules)
          return .lookUp
        }
      }
    },
  ]

  private static func withoutFirstByte(_ range: HVARange) -> HVARange {
    HVARange(start: UHVA(rawValue: range.start.rawValue + 1), end: range.end)
  }

  package static func named(_ name: String) -> SimulatedMutant? { all.first { $0.name == name } }
}

extension ProtocolRules {
  /// One read of each, under `gpc->lock`.
  fileprivate var testsCountAndSeq: Bool {
    retry.inFlight == .count && retry.readsSeq && !retry.readsFlag && validity == .falseBeforeLoop
  }

  fileprivate var testsAtOnce: Bool { testsCountAndSeq && wait == .none }

  fileprivate var takesSnapshot: Bool { snapshot != .none }

  fileprivate var walkReads: Bool { walk.locking == .readThenWrite }

  fileprivate var walksBehindCount: Bool { walk.place == .startHook && !walk.insideInvalidateLock }

  /// The end hook neither walks nor wakes.
  fileprivate var endsPlainly: Bool { walk.place == .startHook && !hasQueue }
}

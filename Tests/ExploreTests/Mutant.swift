// One-line bugs seeded into mainline, and what each must be found by.

import Forms
import GPCProtocol
import KVMEvents
import Testing

@testable import Explore

/// A mutant of mainline: other rules, or another text.
struct Mutant: CustomTestStringConvertible, Sendable {
  typealias Text = ProtocolText<ProtocolState>

  let name: String
  /// Where the search must find it, and as what.
  let scenario: String
  let verdict: SearchVerdict
  let form: ProtocolForm

  var testDescription: String { name }

  private init(_ name: String, _ scenario: String, _ verdict: SearchVerdict, rules: (inout ProtocolRules) -> Void) {
    self.name = name
    self.scenario = scenario
    self.verdict = verdict
    form = ProtocolForm.v69.followed(by: name, title: name, source: "seeded by a test", rules)
  }

  private init(
    _ name: String, _ scenario: String, _ verdict: SearchVerdict, edit: @escaping @Sendable (inout Text) -> Void
  ) {
    self.name = name
    self.scenario = scenario
    self.verdict = verdict
    form = ProtocolForm(
      id: name, title: name, source: "seeded by a test", rules: ProtocolForm.v69.rules, edit: edit)
  }

  static let all = ofRules + ofTheRefresh + ofTheHooks

  private static let ofRules = [
    Mutant("no recheck", "cold", .stale, rules: { $0.retry = RetryRule(inFlight: .unread, readsSeq: false) }),
    Mutant("seq only", "cold", .contract, rules: { $0.retry.inFlight = .unread }),
    Mutant("count only", "cold", .stale, rules: { $0.retry.readsSeq = false }),
    Mutant("walk in the end hook", "warm", .contract, rules: { $0.walk.place = .endHookBeforeCount }),
  ]

  private static let ofTheRefresh = [
    Mutant("valid set outside the lock", "cold", .contract) { $0.swap("refresh.accept", "refresh.unlockWrite") },
    Mutant("snapshot after the lookup", "cold", .stale) { $0.move("refresh.snapshot", behind: "refresh.lookUp") },
    Mutant("seq read before the count", "cold", .stale) { $0.swap("retry.count", "retry.seq") },
    Mutant("retry test before the relock", "cold", .contract) {
      $0.move("refresh.relock", behind: "mmu_notifier_retry_cache()")
      $0.send("retry.count", .retry, to: "refresh.lockWrite")
      $0.send("retry.seq", .retry, to: "refresh.lockWrite")
    },
    Mutant("kept mapping leaves gpc->lock held", "kept", .deadlock) {
      $0.send("refresh.begin", .kept, to: "refresh.unlockRefresh")
    },
    Mutant("a moved uhva counts as unchanged", "moved", .stale) {
      $0["refresh.begin"].effect = .tests { step in
        let wasValid = step.gpc.valid
        guard step.gpc.beginRefresh(step.request) == .lookUp, !wasValid else { return .kept }
        step.gpc.enterRetryLoop(step.rules)
        return .lookUp
      }
    },
    Mutant("deactivation leaves valid", "deactivation", .contract) {
      $0["deactivate.store"].effect = .does { $0.gpc.active = false }
    },
  ]

  private static let ofTheHooks = [
    Mutant("count down before seq up", "cold", .stale) {
      $0.move("hook.endLockMMU", "hook.raiseSeq", "hook.endUnlockMMU", behind: "hook.endUnlockCount")
    },
    Mutant("walk before count up", "warm-refresh", .contract) {
      $0.move("hook.lockCount", "hook.raiseCount", "hook.unlockCount", behind: "gfn_to_pfn_cache_invalidate()")
    },
    Mutant("no walk", "warm", .contract) { $0.drop("gfn_to_pfn_cache_invalidate()") },
    Mutant("walk misses the first byte", "warm", .contract) {
      $0["walk.test"].effect = .tests { step in
        let range = HVARange(start: UHVA(rawValue: step.range.start.rawValue + 1), end: step.range.end)
        return step.gpc.isHit(by: range, step.rules.walk) ? .hit : .miss
      }
    },
    Mutant("walk takes the write lock over its read lock", "warm", .deadlock) { $0.drop("walk.dropRead") },
    Mutant("walk stops at its first hit", "two-caches", .contract) {
      $0.send("walk.unlockWrite", to: "walk.unlockList")
    },
  ]
}

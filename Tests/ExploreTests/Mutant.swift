// One-line bugs seeded into mainline, and what each must be found by.

import GPCProtocol
import Testing

@testable import Explore

/// A mutant of mainline.
struct Mutant: CustomTestStringConvertible, Sendable {
  let name: String
  /// Where the search must find it, and as what.
  let scenario: String
  let verdict: Verdict
  let rules: ProtocolRules

  var testDescription: String { name }

  var form: ProtocolForm { ProtocolForm(id: name, title: name, source: "seeded by a test", rules: rules) }

  init(_ name: String, _ scenario: String, _ verdict: Verdict, _ change: (inout ProtocolRules) -> Void) {
    var rules = ProtocolForm.mainline.rules
    change(&rules)
    self.name = name
    self.scenario = scenario
    self.verdict = verdict
    self.rules = rules
  }

  init(_ name: String, _ scenario: String, _ verdict: Verdict, _ mutation: ProtocolMutations) {
    self.init(name, scenario, verdict) { $0.mutations = mutation }
  }

  static let all = [
    Mutant("no recheck", "cold", .stale) { $0.retry = RetryRule(inFlight: .unread, readsSeq: false) },
    Mutant("seq only", "cold", .contract) { $0.retry.inFlight = .unread },
    Mutant("count only", "cold", .stale) { $0.retry.readsSeq = false },
    Mutant("count down before seq up", "cold", .stale, .countDownBeforeSeqUp),
    Mutant("walk before count up", "warm-refresh", .contract, .walkBeforeCountUp),
    Mutant("valid set outside the lock", "cold", .contract, .storeOutsideLock),
    Mutant("snapshot after the lookup", "cold", .stale, .snapshotAfterLookup),
    Mutant("no walk", "warm", .contract, .noWalk),
    Mutant("seq read before the count", "cold", .stale, .seqBeforeCount),
    Mutant("retry test before the relock", "cold", .contract, .testBeforeRelock),
    Mutant("walk misses the first byte", "warm", .contract, .walkMissesFirstByte),
    Mutant("walk takes the write lock over its read lock", "warm", .stuck, .walkUpgradesLock),
    Mutant("kept mapping leaves gpc->lock held", "kept", .stuck, .keptLeavesLock),
    Mutant("deactivation leaves valid", "deactivation", .contract, .deactivateKeepsValid),
    Mutant("walk stops at its first hit", "two-caches", .contract, .walkStopsAtFirstHit),
    Mutant("a moved uhva counts as unchanged", "moved", .stale, .ignoresMovedUHVA),
    Mutant("walk in the end hook", "warm", .contract) { $0.walk.place = .endHookBeforeCount },
  ]
}

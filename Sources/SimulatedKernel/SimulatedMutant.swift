// Kernels that do one step wrong.

import GPCProtocol

package struct SimulatedMutant: Sendable {
  /// What it does not do as its form says.
  package enum Part: Sendable {
    /// Whether a round is repeated.
    case retryTest
    /// What a walk does to the caches, and so what a check answers.
    case walk
    /// Either, or when a hook or a refresh does it.
    case other
  }

  package let name: String
  package let part: Part
  let change: @Sendable (inout ProtocolRules) -> Void

  private init(_ name: String, _ part: Part, _ change: @escaping @Sendable (inout ProtocolRules) -> Void) {
    self.name = name
    self.part = part
    self.change = change
  }

  private init(_ name: String, _ part: Part, _ mutation: ProtocolMutations) {
    self.init(name, part) { $0.mutations.insert(mutation) }
  }

  /// The one-line bugs that leave a kernel which goes on.
  package static let all = [
    SimulatedMutant("no-retry-test", .retryTest) { $0.retry = RetryRule(inFlight: .unread, readsSeq: false) },
    SimulatedMutant("no-count", .retryTest) { $0.retry.inFlight = .unread },
    SimulatedMutant("no-seq", .retryTest) { $0.retry.readsSeq = false },
    SimulatedMutant("seq-before-count", .retryTest, .seqBeforeCount),
    SimulatedMutant("snapshot-after-lookup", .retryTest, .snapshotAfterLookup),
    SimulatedMutant("test-before-relock", .retryTest, .testBeforeRelock),
    SimulatedMutant("no-walk", .walk, .noWalk),
    SimulatedMutant("late-walk", .walk) { $0.walk.place = .endHookBeforeCount },
    SimulatedMutant("walk-misses-first-byte", .walk, .walkMissesFirstByte),
    SimulatedMutant("walk-stops-at-first-hit", .walk, .walkStopsAtFirstHit),
    SimulatedMutant("walk-before-count", .other, .walkBeforeCountUp),
    SimulatedMutant("count-down-before-seq", .other, .countDownBeforeSeqUp),
    SimulatedMutant("store-outside-lock", .other, .storeOutsideLock),
    SimulatedMutant("deactivation-keeps-valid", .other, .deactivateKeepsValid),
    SimulatedMutant("moved-uhva-kept", .other, .ignoresMovedUHVA),
  ]

  package static func named(_ name: String) -> SimulatedMutant? { all.first { $0.name == name } }
}

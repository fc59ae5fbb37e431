// Kernels that do one step wrong.

import GPCProtocol

package struct SimulatedMutant: Sendable {
  package let name: String
  let change: @Sendable (inout ProtocolRules) -> Void

  private init(_ name: String, _ change: @escaping @Sendable (inout ProtocolRules) -> Void) {
    self.name = name
    self.change = change
  }

  private init(_ name: String, _ mutation: ProtocolMutations) {
    self.init(name) { $0.mutations.insert(mutation) }
  }

  /// The one-line bugs that leave a kernel which goes on.
  package static let all = [
    SimulatedMutant("no-retry-test") { $0.retry = RetryRule(inFlight: .unread, readsSeq: false) },
    SimulatedMutant("no-count") { $0.retry.inFlight = .unread },
    SimulatedMutant("no-seq") { $0.retry.readsSeq = false },
    SimulatedMutant("no-walk", .noWalk),
    SimulatedMutant("late-walk") { $0.walk.place = .endHookBeforeCount },
    SimulatedMutant("walk-before-count", .walkBeforeCountUp),
    SimulatedMutant("count-down-before-seq", .countDownBeforeSeqUp),
    SimulatedMutant("store-outside-lock", .storeOutsideLock),
    SimulatedMutant("snapshot-after-lookup", .snapshotAfterLookup),
    SimulatedMutant("seq-before-count", .seqBeforeCount),
    SimulatedMutant("test-before-relock", .testBeforeRelock),
    SimulatedMutant("walk-misses-first-byte", .walkMissesFirstByte),
    SimulatedMutant("walk-stops-at-first-hit", .walkStopsAtFirstHit),
    SimulatedMutant("deactivation-keeps-valid", .deactivateKeepsValid),
    SimulatedMutant("moved-uhva-kept", .ignoresMovedUHVA),
  ]

  package static func named(_ name: String) -> SimulatedMutant? { all.first { $0.name == name } }
}

// One finding with its proof, as the report shows it.

import KVMEvents
import Results

/// A finding and the events that prove it, in replay order.
package struct FindingDetail: Encodable, Sendable {
  package var id: Int64
  package var kind: Finding.Kind
  package var certainty: Finding.Certainty
  package var summary: String
  package var vm: Int64?
  package var kvm: String?
  package var cache: Int64?
  package var gpc: String?
  package var invalidation: Int64?
  package var refresh: Int64?
  package var check: Int64?
  /// The event that is wrong.
  package var event: Int64
  /// When and where that was recorded, and whose it is (`comm-pid`).
  package var tsNs: Int64?
  package var cpu: Int64?
  package var task: String?
  /// The invalidation that was missed.
  package var cause: Cause?
  /// For an excessive retry.
  package var excess: Excess?
  /// For a stale page.
  package var witness: Witness?
  package var proof: [ProofEvent]

  /// The invalidation that a finding is about.
  package struct Cause: Encodable, Sendable {
    package var invalidation: Int64
    package var task: String?
    /// First byte of its range, and first byte after it, in hex.
    package var start: String
    package var end: String
    /// `enum mmu_notifier_event`.
    package var mnEvent: Int64?
    package var hitsMemslot: Bool?
    package var startEvent: Int64?
    package var durationNs: Int64?
  }

  /// What made a refresh excessive.
  package struct Excess: Encodable, Sendable {
    package var rounds: Int64
    package var falseRounds: Int64
    package var necessaryRounds: Int64
    package var falseNs: Int64
    package var stallNs: Int64
    /// Which thresholds of the replay it exceeds.
    package var isByRounds: Bool
    package var isByTime: Bool
    /// Whose invalidations alone explain rounds of it, most first.
    package var issuers: [Report.Issuer]
    /// Which invalidations those are, the ones with most rounds first; nil: not asked for.
    package var invalidations: [Culprit]?
  }

  /// An invalidation that alone explains rounds of one refresh.
  package struct Culprit: Encodable, Sendable {
    package var invalidation: Int64
    package var task: String?
    package var start: String
    package var end: String
    package var cause: RetryRound.Cause
    package var rounds: Int64
  }

  /// What the next lookup of the page returned.
  package struct Witness: Encodable, Sendable {
    package var answer: Results.Witness.Answer
    /// Why there is none.
    package var lack: Results.Witness.Lack?
    package var lookup: Int64?
    package var lookupRet: Int64?
    /// Lookups of the recording that certainly follow a removal, and those of them that return the same pfn.
    package var afterRemoval: Int64
    package var samePfn: Int64
  }

  package struct ProofEvent: Encodable, Sendable {
    /// Its id: a position in the recording, as `trace.event_place` counts them.
    package var line: Int64
    package var tsNs: Int64
    package var cpu: Int64
    package var task: String
    /// The event as the recording names it.
    package var name: String
    /// The lock or hook that it is in.
    package var place: String
    package var fields: String
  }
}

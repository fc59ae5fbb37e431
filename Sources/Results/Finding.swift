// What was found, with its proof; a row of the table `finding`.

import KVMEvents

/// Something the replay found, proved by event ids.
package struct Finding: Sendable {
  /// Worst first: the order of the cases is the order of the report.
  package enum Kind: String, CaseIterable, Encodable, Sendable {
    /// A check said yes inside the contract window of an overlapping invalidation.
    case contract
    /// A page was used that the uhva no longer maps to.
    case stale
    /// A refresh waits in a loop that it cannot leave, under the form used.
    case stuck
    /// The recorded kernel decided differently from every order the recording allows.
    case divergence
    /// A refresh over the thresholds for false retries.
    case excessiveRetry = "excessive_retry"
  }

  package enum Certainty: String, Encodable, Sendable {
    case certain, possible
  }

  package let id: Int64
  package let kind: Kind
  package let certainty: Certainty
  package let vm: Int32?
  package let cache: Int32?
  /// The event that is wrong: a check's return, an accepted round's test, a refresh's entry.
  package let event: EventID
  package let invalidation: Int64?
  package let refresh: Int64?
  package let check: Int64?
  /// Every event of the proof, ascending, `event` only once.
  package let proof: [EventID]
  /// One sentence in kernel terms.
  package let summary: String
  /// What the next lookup of the page shows; nil unless the kind is `stale`.
  package let witness: Witness?

  package init(
    id: Int64, kind: Kind, certainty: Certainty, vm: Int32?, cache: Int32?, event: EventID, invalidation: Int64?,
    refresh: Int64?, check: Int64?, proof: [EventID], summary: String, witness: Witness? = nil
  ) {
    self.id = id
    self.kind = kind
    self.certainty = certainty
    self.vm = vm
    self.cache = cache
    self.event = event
    self.invalidation = invalidation
    self.refresh = refresh
    self.check = check
    self.proof = proof
    self.summary = summary
    self.witness = witness
  }
}

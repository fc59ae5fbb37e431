// What really happened, kept by the simulated kernel at the step where it happened.

import KVMEvents
import Results

/// The number of a record, in the order in which the records were made; a printed recording gives most of them a line.
package typealias RecordNumber = Int

/// The truth of one run. Numbers are indices into its arrays, moments count the kernel's steps.
package struct KnownTruth: Sendable {
  package struct Invalidation: Sendable {
    package var vm: Int
    package var range: HVARange
    /// `enum mmu_notifier_event`.
    package var mnEvent: UInt32
    /// false: a change of protection, or a huge page that was only split.
    package var freesPages: Bool
    package var hitsMemslot = false
    /// The round whose own lookup caused it.
    package var ownRound: Int?
    package var start: RecordNumber?
    package var walk: RecordNumber?
    package var startRet: RecordNumber?
    package var end: RecordNumber?
    package var endKvm: RecordNumber?
    package var endRet: RecordNumber?
    /// The count goes up, the pages are freed, the count goes down.
    package var up: Int?
    package var freed: Int?
    package var down: Int?

    package var records: [RecordNumber] { [start, walk, startRet, end, endKvm, endRet].compactMap { $0 } }
  }

  package struct Check: Sendable {
    package var vm: Int
    package var cache: Int
    package var entry: RecordNumber
    package var ret: RecordNumber?
    /// nil: it never reached the test.
    package var answer: Bool?
    /// A yes between the hooks of these invalidations of its page.
    package var breached: [Int] = []
    /// A yes over a page that its uhva no longer maps to, or over an error pfn.
    package var isStale = false
    /// The accepted round whose page it uses.
    package var mapping: Int?
    /// The uhva that it tested.
    package var uhva: UHVA?
  }

  package struct Round: Sendable {
    package enum Outcome: String, Sendable {
      case accepted, retried, failed
    }

    package var vm: Int
    package var cache: Int
    package var uhva: UHVA
    package var loop: RecordNumber?
    package var lookup: RecordNumber?
    package var lookupRet: RecordNumber?
    package var test: RecordNumber?
    package var done: RecordNumber?
    /// nil: the recording ended before.
    package var outcome: Outcome?
    package var retriedBy: RetryReason?
    /// Accepted over a page that its uhva no longer maps to, or over an error pfn.
    package var isStale = false
    package var hasErrorPFN = false
    /// Of the seq (in forms without one, the loop's top); of the test's last read.
    package var snapshot: Int
    package var tested: Int?

    package var records: [RecordNumber] { [loop, lookup, lookupRet, test, done].compactMap { $0 } }
  }

  /// `mmu_invalidate_seq` was moved without a hook.
  package struct SeqMove: Sendable {
    package var vm: Int
    package var moment: Int
  }

  package var seqMoves: [SeqMove] = []
  package var invalidations: [Invalidation] = []
  package var checks: [Check] = []
  package var rounds: [Round] = []

  package init() {}

  /// The invalidations that overlap the page of this round and were up before its test and down after its snapshot: in
  /// flight at the test, or ended since the snapshot.
  package func overlapping(_ round: Round) -> [Int] {
    guard let tested = round.tested else { return [] }
    return invalidations.indices.filter { index in
      let invalidation = invalidations[index]
      return invalidation.vm == round.vm && invalidation.range.contains(round.uhva.page)
        && invalidation.up.map { $0 < tested } ?? false && invalidation.down.map { $0 > round.snapshot } ?? true
    }
  }

  /// Seq was moved between its snapshot and its test without a hook.
  package func isMovedUnseen(_ round: Round) -> Bool {
    guard let tested = round.tested else { return false }
    return seqMoves.contains { $0.vm == round.vm && round.snapshot <= $0.moment && $0.moment <= tested }
  }

  /// Repeated for an invalidation of its own page; else unnecessarily.
  package func isNecessary(_ round: Round) -> Bool { !overlapping(round).isEmpty }
}

// What a recording shows about one form of the protocol; a row of the table `form_agreement`.

import KVMEvents

/// One form, compared with every decision that the recording forces (evidence, rule 26).
package struct FormAgreement: Sendable, Equatable {
  /// What a form would not have done.
  package enum Refutation: String, CaseIterable, Encodable, Sendable {
    /// The retry test went the other way.
    case test
    /// It would have slept or spun from before to after this event.
    case wait
    /// A round without a lookup.
    case noLookup = "no_lookup"
    /// The walk of the caches is in the other hook.
    case walk
    /// It has no such function.
    case function
  }

  package let form: String
  /// Retry tests to which the form leaves one answer, and those in which the kernel gave it.
  package let testCount: Int64
  package let agreeingTestCount: Int64
  /// Repeated rounds that need a mover of `mmu_invalidate_seq` that is not recorded (evidence, rule 23).
  package let moverCount: Int64
  /// Decisions against the form.
  package let refutedCount: Int64
  /// Decisions that would be against it, unless events are missing without a marker.
  package let doubtedCount: Int64
  /// The first of the decisions against the form.
  package let event: EventID?
  package let refutation: Refutation?

  package init(
    form: String, testCount: Int64, agreeingTestCount: Int64, moverCount: Int64, refutedCount: Int64,
    doubtedCount: Int64 = 0, event: EventID?, refutation: Refutation?
  ) {
    self.form = form
    self.testCount = testCount
    self.agreeingTestCount = agreeingTestCount
    self.moverCount = moverCount
    self.refutedCount = refutedCount
    self.doubtedCount = doubtedCount
    self.event = event
    self.refutation = refutation
  }

  /// Nothing that the recording forces is against it.
  package var agrees: Bool { refutedCount == 0 }
}

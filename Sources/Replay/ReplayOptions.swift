// What a user may set about a replay.

import KVMEvents
import Results

/// The settings of one replay. All are written into the database, so that a report can say what it assumed.
package struct ReplayOptions: Sendable {
  /// How far the time stamps of two CPUs may be off, in nanoseconds: events closer than this on two CPUs are unordered
  /// (`--delta`).
  package var deltaNs: Int64 = 0
  /// More false retries than this make a refresh excessive (`--retries-max`).
  package var retriesMax: Int32 = 10
  /// More time than this lost to false retries, in nanoseconds, makes a refresh excessive (`--stall-max`); `.max` if
  /// the stamps are not a time.
  package var stallMaxNs: Int64 = 10_000_000
  /// The unit of the stamps, for the text of findings.
  package var stampUnit = StampUnit.ns

  /// The recording does not say where events were dropped, or part of it cannot be read: whatever contradicts the
  /// rules, or is excessive, may be due to a missing event, and no finding is certain.
  package var mayHideLoss = false

  /// Bytes that the process may take, about: beyond them the replay gives up what is open (`--memory-max`). At least
  /// `memoryMaxLeast`.
  package var memoryMax = 256 << 20
  package static let memoryMaxLeast = 96 << 20

  /// Invalidations that one VM may have at once that are open, or within `deltaNs` of it: every retry test and every
  /// check passes over them. More than threads are between two hooks in any recording seen so far, which is 64.
  package var openInvalidationsMax = 2048

  /// Fields that show that their probes were made for another kernel (evidence, rule 20): taken as not recorded.
  package var unusedFields: [ImplausibleField] = []

  /// `offsetof(struct kvm, mmu_notifier)` in bytes, if the recording has it (`gpc-replay record`): ties a notifier to
  /// its VM. nil: only the recorded events do.
  package var notifierOffset: UInt64?

  package init() {}
}

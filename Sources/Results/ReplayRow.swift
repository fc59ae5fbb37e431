// The output of the replay: rows that are final, and the amendments that later knowledge requires.

import KVMEvents

/// One output value of the replay, in the order in which it became known.
package enum ReplayRow: Sendable {
  case invalidation(Invalidation)
  case refresh(Refresh)
  case retryRound(RetryRound)
  case cacheCheck(CacheCheck)
  case finding(Finding)
  case undecidedOverlap(UndecidedOverlap)
  case loss(EventLoss)
  case givenUp(GivenUp)
  case memslot(Memslot)
  case virtualMachine(VirtualMachine)
  case cache(Cache)
  case neverEnded(NeverEnded)
  case witnessWeight(WitnessWeight)
  /// What the next lookup shows about an earlier finding; `raises`: it makes a possible one certain.
  case witness(Witness, ofFinding: Int64, raises: Bool)
  /// What the recording shows about one form.
  case formAgreement(FormAgreement)
  /// Events were dropped between these two (exclusive), which was not known earlier: every decision of these VMs whose
  /// evidence lies (partly) between them becomes `unknown`, every finding that cites such evidence is withdrawn.
  case taint(vms: AffectedVMs, after: EventID, before: EventID)
  /// The end of the invalidation is not in the recording: verdicts that depend on it alone become `unknown`.
  case restsOnOpenInvalidation(Int64)
  /// These kinds of event are not recorded: every decision becomes `unknown`, and every finding that depends on absent
  /// events is withdrawn. `contract` stays (evidence, rule 19).
  case lacksProbes([EventKind])
  /// A field that shows that its probe was made for another kernel. Unless the replay ignores it
  /// (`ReplayOptions.unusedFields`), no result is valid.
  case implausibleField(ImplausibleField, isUsed: Bool)
  /// Events were omitted without a marker: every decision becomes `unknown`, and nothing that depends on absent events
  /// is certain (evidence, rule 19).
  case silentOmission(SilentOmission)
}

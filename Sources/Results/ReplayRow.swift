// What the replay hands on: rows that are final when they come, and the amendments that later knowledge forces.

import KVMEvents

/// One value out of the replay, in the order it came to be known.
package enum ReplayRow: Sendable {
  case invalidation(Invalidation)
  case refresh(Refresh)
  case retryRound(RetryRound)
  case cacheCheck(CacheCheck)
  case finding(Finding)
  case loss(EventLoss)
  case memslot(Memslot)
  case virtualMachine(VirtualMachine)
  case cache(Cache)
  case neverEnded(NeverEnded)
  case witnessWeight(WitnessWeight)
  /// What the next lookup says of a finding that was handed on before it; `raises`: it makes a possible one certain.
  case witness(Witness, ofFinding: Int64, raises: Bool)
  /// What the recording says of one form that was asked for.
  case formAgreement(FormAgreement)
  /// Events were dropped between these two (exclusive), which was learnt only now: every decision of these VMs whose
  /// evidence lies (partly) between them becomes `unknown`, every finding that cites such evidence is withdrawn.
  case taint(vms: [Int32], after: EventID, before: EventID)
  /// The invalidation never got its end in the recording: verdicts that rest on it alone become `unknown`.
  case restsOnOpenInvalidation(Int64)
  /// These kinds of event are not recorded: every decision becomes `unknown`, and every finding that rests on what did
  /// not happen is withdrawn. `contract` stays (evidence, rule 19).
  case lacksProbes([EventKind])
  /// A field that shows that its probe was made for another kernel. Unless the replay was told not to use it
  /// (`ReplayOptions.unusedFields`), nothing it says is founded.
  case implausibleField(ImplausibleField, isUsed: Bool)
  /// Events were left out without a marker: every decision becomes `unknown`, and nothing is certain that rests on what
  /// did not happen (evidence, rule 19).
  case silentOmission(SilentOmission)
}

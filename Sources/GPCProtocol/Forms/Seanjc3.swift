// seanjc-3: the kvm's range, so that only invalidations near the uhva are waited for.

extension ProtocolForm {
  package static let seanjc3 = seanjc2.followed(
    by: "seanjc-3", title: "wait and retry on a covering range, read bare; valid set before the retry test",
    source: "kvm list, 2024-10-15, counter-series 3/5"
  ) { rules in
    rules.range = .keptAtWalk
    rules.walk.insideInvalidateLock = true
    rules.wait = .spinOnPending
    rules.retry.inFlight = .pending
    rules.validity = .trueBeforeTest
  }
}

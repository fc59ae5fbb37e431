// seanjc-4: the walk looks before it locks.

extension ProtocolForm {
  package static let seanjc4 = seanjc3.followed(
    by: "seanjc-4", title: "the walk tests valid and uhva without a lock; barriers pair it with the refresh",
    source: "kvm list, 2024-10-15, counter-series 4/5"
  ) { rules in
    rules.walk.locking = .bareThenWrite
    rules.walk.testsPFN = false
    rules.walk.barrierBefore = true
  }
}

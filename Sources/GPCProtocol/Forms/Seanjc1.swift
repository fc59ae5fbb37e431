// seanjc-1: the snapshot moves behind the unlock.

extension ProtocolForm {
  package static let seanjc1 = mainline.followed(
    by: "seanjc-1", title: "mainline with the snapshot right before the lookup, without the lock",
    source: "kvm list, 2024-10-15, counter-series 1/5"
  ) { rules in
    rules.snapshot = .beforeLookup
  }
}

// seanjc-2: do not look up while an invalidation is in flight.

extension ProtocolForm {
  package static let seanjc2 = seanjc1.followed(
    by: "seanjc-2", title: "busy-wait before the snapshot while any invalidation is in flight",
    source: "kvm list, 2024-10-15, counter-series 2/5"
  ) { rules in
    rules.wait = .spinOnCount
  }
}

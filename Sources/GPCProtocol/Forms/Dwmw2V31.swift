// dwmw2-v3.1: mainline and the flag.

extension ProtocolForm {
  package static let dwmw2V31 = mainline.followed(
    by: "dwmw2-v3.1",
    title: "mainline, and the walk clears `needs_invalidation`; retry on the flag or on mainline's condition",
    source: "kvm list, 2024-08-21, v3 1/5"
  ) { rules in
    rules.hasNeedsInvalidation = true
    rules.walk.test = .needsInvalidation
    rules.retry.readsFlag = true
  }
}

// seanjc-5: the busy-wait becomes a wait queue.

extension ProtocolForm {
  package static let seanjc5 = seanjc4.followed(
    by: "seanjc-5", title: "wait queue instead of the busy-wait",
    source: "kvm list, 2024-10-15, counter-series 5/5"
  ) { rules in
    rules.wait = .queue(.beforeSnapshot, .goesOn)
  }
}

// dwmw2-v3.2: the kvm's range, and a loop that waits for it.

extension ProtocolForm {
  package static let dwmw2V32 = dwmw2V31.followed(
    by: "dwmw2-v3.2", title: "while (pending) { write_lock; continue; } after the unlock; retry on the flag only",
    source: "kvm list, 2024-08-21, v3 2/5"
  ) { rules in
    rules.range = .kept
    // The snapshot is not read any more.
    rules.snapshot = .none
    rules.wait = .relockLoop
    rules.retry = .flagOnly
  }
}

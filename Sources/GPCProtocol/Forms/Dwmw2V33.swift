// dwmw2-v3.3: the loop becomes a wait queue; `continue` now belongs to the outer `do { } while (condition)`.

extension ProtocolForm {
  package static let dwmw2V33 = dwmw2V32.followed(
    by: "dwmw2-v3.3", title: "wait queue after the unlock; having waited, `continue` goes to the retry condition",
    source: "kvm list, 2024-08-21, v3 3/5"
  ) { rules in
    rules.wait = .queue(.afterUnlock, .continuesToCondition)
  }
}

// dwmw2-v2: v1's idea with a range in the kvm and a wait queue. The walk comes before the count goes down.

extension ProtocolForm {
  package static let dwmw2V2 = mainline.followed(
    by: "dwmw2-v2",
    title: "walk in the end hook; wait, between lookup and relock, while the kvm's range covers the uhva",
    source: "kvm list, 2024-08-20, v2"
  ) { rules in
    rules.hasNeedsInvalidation = true
    rules.walk.place = .endHookBeforeCount
    rules.walk.test = .needsInvalidation
    rules.range = .resetAtZero
    rules.snapshot = .none
    rules.wait = .queue(.beforeRelock, .goesOn)
    rules.retry = .flagOnly
  }
}

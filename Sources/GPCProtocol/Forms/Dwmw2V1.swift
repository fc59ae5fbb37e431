// dwmw2-v1: the walk moves to the end hook, a flag per cache replaces the seq.

extension ProtocolForm {
  package static let dwmw2V1 = mainline.followed(
    by: "dwmw2-v1", title: "walk at the end of the end hook, on a flag (`validating`); retry if a walk cleared it",
    source: "kvm list, 2024-08-05, v1"
  ) { rules in
    rules.hasNeedsInvalidation = true
    rules.walk.place = .endHookAfterCount
    rules.walk.test = .needsInvalidation
    rules.snapshot = .none
    rules.retry = .flagOnly
  }
}

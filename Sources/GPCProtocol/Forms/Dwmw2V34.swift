// dwmw2-v3.4: the walk to the end hook, the wait behind the lookup.

extension ProtocolForm {
  package static let dwmw2V34 = dwmw2V33.followed(
    by: "dwmw2-v3.4", title: "walk in the end hook; wait between lookup and relock; the range is not reset",
    source: "kvm list, 2024-08-21, v3 4/5"
  ) { rules in
    rules.walk.place = .endHookBeforeCount
    rules.wait = .queue(.beforeRelock, .goesOn)
  }
}

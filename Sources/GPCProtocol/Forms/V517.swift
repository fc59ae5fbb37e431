// v5.17, the first mainline form: no refresh lock, `valid` as a placeholder while the lookup runs.

extension ProtocolForm {
  package static let v517 = ProtocolForm(
    id: "v5.17",
    title: "valid set before the lookup as a placeholder, the new pfn stored without another test",
    source: "virt/kvm/pfncache.c, v5.17",
    rules: {
      var rules = ProtocolRules()
      rules.walk.locking = .write
      rules.snapshot = .beforeLookup
      rules.retry.inFlight = .sectionOverlap
      rules.validity = .placeholder
      rules.hasRefreshLock = false
      rules.usersTestKHVA = true
      return rules
    }())
}

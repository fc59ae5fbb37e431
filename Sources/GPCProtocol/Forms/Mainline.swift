// Mainline: every other form is told by its differences from this one.

extension ProtocolForm {
  package static let mainline = ProtocolForm(
    id: "mainline",
    title: "walk in the start hook; retry while any invalidation is in flight",
    source: "virt/kvm/pfncache.c, v5.19 on, walk form of v6.9",
    rules: ProtocolRules())
}

// `kvm_gpc_activate()`, virt/kvm/pfncache.c, up to the refresh that it ends with.

extension ProtocolText {
  static func activate(_ rules: ProtocolRules) -> Function {
    Function(FunctionName.activate) {
      Line(
        81, "activate.lockRefresh", "mutex_lock(refresh_lock)", takes: .refresh, if: rules.hasRefreshLock,
        marks: .pausesAfter)
      Line(
        82, "activate.testActive", "tests active", ways: [.done: .next, .already: "refresh.lockWrite"]
      ) { $0.gpc.active ? .already : .done }
      Line(83, "activate.lockList", "spin_lock(gpc_lock)", takes: .list)
      Line(84, "activate.add", "list_add(gpc->list, gpc_list)") { $0.isListed = true }
      Line(85, "activate.unlockList", "spin_unlock(gpc_lock)", drops: .list)
      Line(86, "activate.lockWrite", "write_lock(gpc->lock)", takes: .write)
      Line(87, "activate.store", "active = true") { $0.gpc.activate() }
      Line(88, "activate.unlockWrite", "write_unlock(gpc->lock)", drops: .write, then: "refresh.lockWrite")
    }
  }
}

// `kvm_gpc_activate()`, virt/kvm/pfncache.c, up to the refresh that it ends with.

extension ProtocolText {
  static func activate(_ rules: ProtocolRules) -> Function {
    let isLocked = rules.activation == .underRefreshLock
    let isBare = rules.activation == .bareActive
    let refresh: Target = rules.hasRefreshLock && !isLocked ? "refresh.lockRefresh" : "refresh.lockWrite"
    return Function(FunctionName.activate) {
      Line(
        81, "activate.lockRefresh", "mutex_lock(refresh_lock)", takes: .refresh, if: rules.hasRefreshLock && isLocked,
        marks: .pausesAfter)
      Line(
        82, "activate.testActive", "tests active", section: !isLocked, ways: [.done: .next, .already: refresh]
      ) { $0.gpc.active ? .already : .done }
      Line(92, "activate.reset", "khva = NULL, pfn = uhva = error, valid = false", if: !isLocked, section: true) {
        $0.gpc.reset()
        if isBare { $0.gpc.activate() }
      }
      Line(83, "activate.lockList", "spin_lock(gpc_lock)", takes: .list)
      Line(84, "activate.add", "list_add(gpc->list, gpc_list)") { $0.isListed = true }
      Line(85, "activate.unlockList", "spin_unlock(gpc_lock)", drops: .list, then: isBare ? refresh : .next)
      Line(86, "activate.lockWrite", "write_lock(gpc->lock)", takes: .write, if: !isBare)
      Line(87, "activate.store", "active = true", if: !isBare) { $0.gpc.activate() }
      Line(88, "activate.unlockWrite", "write_unlock(gpc->lock)", drops: .write, if: !isBare, then: refresh)
    }
  }
}

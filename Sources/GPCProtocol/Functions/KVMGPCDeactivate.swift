// `kvm_gpc_deactivate()`, virt/kvm/pfncache.c.

extension ProtocolText {
  static func deactivate(_ rules: ProtocolRules) -> Function {
    Function(FunctionName.deactivate) {
      Line(73, "deactivate.lockRefresh", "mutex_lock(refresh_lock)", takes: .refresh, if: rules.hasRefreshLock)
      Line(74, "deactivate.lockWrite", "write_lock(gpc->lock)", takes: .write)
      Line(75, "deactivate.store", "active = valid = false, pfn = error") { $0.gpc.deactivate() }
      Line(76, "deactivate.unlockWrite", "write_unlock(gpc->lock)", drops: .write)
      Line(77, "deactivate.lockList", "spin_lock(gpc_lock)", takes: .list)
      Line(78, "deactivate.remove", "list_del(gpc->list)") { $0.isListed = false }
      Line(79, "deactivate.unlockList", "spin_unlock(gpc_lock)", drops: .list)
      Line(80, "deactivate.unlockRefresh", "mutex_unlock(refresh_lock)", drops: .refresh, if: rules.hasRefreshLock)
    }
  }
}

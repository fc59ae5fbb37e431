// `kvm_gpc_deactivate()`, virt/kvm/pfncache.c.

extension ProtocolText {
  static func deactivate(_ rules: ProtocolRules) -> Function {
    let rule = rules.deactivation
    // Up to v6.1, kvm_gpc_unmap() at its end.
    let unmaps = rule == .unmappedLast || rule == .unlistedFirst
    let locksAll = rules.hasRefreshLock && rule == .underRefreshLock
    let locksUnmap = rules.hasRefreshLock && unmaps
    return Function(FunctionName.deactivate) {
      Line(73, "deactivate.lockRefresh", "mutex_lock(refresh_lock)", takes: .refresh, if: locksAll)
      Line(74, "deactivate.lockWrite", "write_lock(gpc->lock)", takes: .write, if: rule != .unlistedFirst)
      Line(75, "deactivate.store", "active = valid = false, pfn = error", if: !unmaps) { $0.gpc.deactivate() }
      Line(75, "deactivate.store", "active = false", if: rule == .unmappedLast) { $0.gpc.active = false }
      Line(76, "deactivate.unlockWrite", "write_unlock(gpc->lock)", drops: .write, if: rule != .unlistedFirst)
      Line(77, "deactivate.lockList", "spin_lock(gpc_lock)", takes: .list)
      Line(78, "deactivate.remove", "list_del(gpc->list)") { $0.isListed = false }
      Line(79, "deactivate.unlockList", "spin_unlock(gpc_lock)", drops: .list)
      Line(73, "deactivate.lockRefresh", "mutex_lock(refresh_lock)", takes: .refresh, if: locksUnmap)
      Line(89, "deactivate.lockWriteToUnmap", "write_lock(gpc->lock)", takes: .write, if: unmaps)
      Line(90, "deactivate.unmap", "valid = false, pfn = error, khva = NULL", if: unmaps) { $0.gpc.unmap() }
      Line(91, "deactivate.unlockUnmapped", "write_unlock(gpc->lock)", drops: .write, if: unmaps)
      Line(80, "deactivate.unlockRefresh", "mutex_unlock(refresh_lock)", drops: .refresh, if: locksAll || locksUnmap)
      Line(75, "deactivate.store", "active = false", if: rule == .unlistedFirst, section: true) {
        $0.gpc.active = false
      }
    }
  }
}

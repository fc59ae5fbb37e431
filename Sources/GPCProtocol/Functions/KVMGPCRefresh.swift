// `__kvm_gpc_refresh()`, virt/kvm/pfncache.c.

import KVMEvents

extension ProtocolText {
  static func refresh(_ rules: ProtocolRules) -> Function {
    let locks = rules.hasRefreshLock
    let begin: String =
      switch rules.validity {
      case .falseBeforeLoop: "tests valid, uhva; valid = false"
      case .trueBeforeTest: "tests valid, uhva"
      case .placeholder: "tests valid; pfn = error, valid = true"
      }
    let testsActive = rules.testsActive
    let ways: KeyValuePairs<StepBranch, Target> =
      testsActive
      ? [.lookUp: .next, .kept: "out_unlock", .inactive: "refresh.unlockFailed", .noMemslot: "refresh.unlockFailed"]
      : [.lookUp: .next, .kept: "out_unlock", .noMemslot: "refresh.unlockFailed"]
    return Function(FunctionName.refresh) {
      Line(label: "refresh")
      Line(28, "refresh.lockRefresh", "mutex_lock(refresh_lock)", takes: .refresh, if: locks, marks: .pausesAfter)
      Line(29, "refresh.lockWrite", "write_lock(gpc->lock)", takes: .write)
      Line(30, "refresh.begin", begin, ways: ways) {
        switch $0.gpc.beginRefresh($0.request, testsActive: testsActive) {
        case .inactive: return .inactive
        case .noMemslot: return .noMemslot
        case .kept: return .kept
        case .lookUp:
          $0.gpc.enterRetryLoop($0.rules)
          return .lookUp
        }
      }
      Line(call: FunctionName.hvaToPFNRetry)
      Line(label: "out_unlock")
      // The unlock is a store after valid's: a task that sees it sees valid.
      Line(39, "refresh.unlockWrite", "write_unlock(gpc->lock)", drops: .write) { $0.local.hasBufferedValid = false }
      Line(
        40, "refresh.unlockRefresh", "mutex_unlock(refresh_lock)", drops: .refresh, if: locks,
        marks: [.isAwaited, .returns])
      // return 0; and the idiom of a user goes on with another check.
      Line(jump: "check", when: .isUsed)
      Line.end
      Line(42, "refresh.fail", "valid = false, pfn = KVM_PFN_ERR_FAULT", if: rules.testsUnderLock) { $0.gpc.fail() }
      Line(43, "refresh.unlockFailed", "write_unlock(gpc->lock)", drops: .write)
      Line(
        44, "refresh.unlockRefreshFailed", "mutex_unlock(refresh_lock)", drops: .refresh, if: locks,
        marks: [.isAwaited, .returns])
    }
  }
}

extension ProtocolText.Condition {
  /// The operation is to check, and to refresh and check again while the answer is no. Its locals are forgotten in
  /// between.
  fileprivate static var isUsed: Self {
    Self("it is used") {
      guard $0.operation.isIdiom else { return false }
      $0.local.endRefresh()
      return true
    }
  }
}

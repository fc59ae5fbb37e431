// `read_lock(&gpc->lock); kvm_gpc_check(); … read_unlock()`, and the invariants that a yes must meet.

import KVMEvents

extension ProtocolText {
  static func check(_ rules: ProtocolRules) -> Function {
    Function(FunctionName.check) {
      Line(label: "check")
      Line(69, "check.lockRead", "read_lock(gpc->lock)", takes: .read)
      Line(
        70, "check.test", rules.testsActive ? "tests active, uhva, valid" : "tests uhva, valid", others: .readsWindows,
        ways: [.yes: .next, .no: "check.unlockNo"]
      ) {
        let gpc = $0.gpc
        let answer = gpc.check(len: 1, generationIsFresh: true, testsActive: $0.rules.testsActive)
        let isYes = answer.isYes && (!$0.rules.usersTestKHVA || gpc.hasKHVA)
        if isYes { $0.violations = $0.judgeUse(gpc) }
        return isYes ? .yes : .no
      }
      Line(71, "check.unlockYes", "uses khva", drops: .read, told: true)
      Line.end
      Line(72, "check.unlockNo", "read_unlock(gpc->lock)", drops: .read)
      // The idiom of a user: refresh, and check again.
      Line(jump: "refresh", when: .isUse)
    }
  }
}

extension ProtocolText.Condition {
  fileprivate static var isUse: Self { Self("it is used") { $0.operation.kind == .use } }
}

extension Step {
  /// A check has said yes: may `khva` be dereferenced now?
  fileprivate func judgeUse(_ cache: GfnToPfnCache) -> Violations {
    let isGone = cache.isKHVAUnmapped || storage.pointee.isStale(cache.pfn, at: cache.uhva)
    var violations: Violations = isGone ? .stale : .none
    for other in 0..<taskCount where storage.pointee[task: other].isInWindow {
      let range = storage.pointee.chosenRange(other, programs).range
      if range.contains(cache.uhva) { violations.insert(.contract) }
    }
    return violations
  }
}

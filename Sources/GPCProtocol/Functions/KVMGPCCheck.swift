// `read_lock(&gpc->lock); kvm_gpc_check(); … read_unlock()`, and the invariants that a yes must meet.

import KVMEvents

extension ProtocolText {
  static func check(_ rules: ProtocolRules) -> Function {
    let copies = rules.guestUsesPFN
    return Function(FunctionName.check) {
      Line(label: "check")
      Line(69, "check.lockRead", "read_lock(gpc->lock)", takes: .read)
      Line(
        70, "check.test", rules.testsActive ? "tests active, uhva, valid" : "tests uhva, valid", others: .readsWindows,
        ways: [.yes: .next, .no: "check.unlockNo"]
      ) {
        let gpc = $0.gpc
        let answer = gpc.check(len: 1, generationIsFresh: true, testsActive: $0.rules.testsActive)
        let isYes = answer.isYes && (!$0.rules.usersTestKHVA || gpc.hasKHVA)
        if isYes { $0.violations = $0.judgeUse(gpc.pfn, isUnmapped: gpc.isKHVAUnmapped) }
        return isYes ? .yes : .no
      }
      Line(71, "check.unlockYes", "uses khva", drops: .read, if: !copies, told: true)
      Line(71, "check.unlockYes", "uses khva, or copies pfn", drops: .read, if: copies, told: true) {
        guard $0.operation.kind == .runGuest, !$0.local.hasHandledEvents else { return }
        $0.copiedPFN = $0.gpc.pfn
      }
      Line(jump: "guest.enter", when: .hasHandledEvents, if: copies)
      Line(jump: "guest.events", when: .isGuest, if: copies)
      Line.end
      Line(72, "check.unlockNo", "read_unlock(gpc->lock)", drops: .read)
      // The idiom of a user: refresh, and check again.
      Line(jump: "refresh", when: .isUse)
    }
  }
}

extension ProtocolText.Condition {
  fileprivate static var isUse: Self { Self("it is used") { $0.operation.isIdiom } }

  fileprivate static var isGuest: Self { Self("a vCPU copies pfn") { $0.operation.kind == .runGuest } }

  fileprivate static var hasHandledEvents: Self { Self("its vCPU has handled events") { $0.local.hasHandledEvents } }
}

extension Step {
  /// A check has said yes, or the guest runs on what it said yes for: may the page be used now?
  func judgeUse(_ pfn: PFN, isUnmapped: Bool = false) -> Violations {
    let uhva = gpc.uhva
    var violations: Violations = isUnmapped || isStale(pfn) ? .stale : .none
    for other in 0..<taskCount where storage.pointee[task: other].isInWindow {
      guard storage.pointee.chosenRange(other, programs).range.contains(uhva) else { continue }
      if storage.pointee.operation(other, programs).kind == .invalidate {
        violations.insert(.contract)
      } else if place != uhva {
        // The file's pages go one by one, and no hook of a contract is there: as good as freed.
        violations.insert(.stale)
      }
    }
    return violations
  }
}

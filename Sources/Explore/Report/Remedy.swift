// What would make a counterexample pass: one rule of the form changed, everything searched again.

import Forms
import GPCProtocol

/// A change of one rule of a form.
package struct Remedy: Sendable {
  package let summary: String
  let change: @Sendable (inout ProtocolRules) -> Void

  init(_ summary: String, _ change: @escaping @Sendable (inout ProtocolRules) -> Void) {
    self.summary = summary
    self.change = change
  }

  static let all: [Remedy] = [
    Remedy("walk the caches in the start hook") { $0.walk.place = .startHook },
    Remedy("walk without the test that pfn is no error") { $0.walk.testsPFN = false },
    Remedy("go on to the lookup after the wait, not to the condition") { rules in
      if rules.wait == .queueAfterUnlockToCondition { rules.wait = .queueAfterUnlock }
    },
    Remedy("no wait in the loop") { $0.wait = .none },
    Remedy("retry while an invalidation in flight covers the uhva") { rules in
      if rules.range != .none { rules.retry.inFlight = .pending }
    },
    Remedy("retry while any invalidation is in flight") { $0.retry.inFlight = .count },
    Remedy("retry if mmu_invalidate_seq moved") { rules in
      rules.retry.readsSeq = true
      if rules.snapshot == .none { rules.snapshot = .loopTop }
    },
    Remedy("retry for no other reason than needs_invalidation") { rules in
      if rules.hasNeedsInvalidation { rules.retry = .flagOnly }
    },
    Remedy("do not read mmu_invalidate_seq in the retry test") { $0.retry.readsSeq = false },
    Remedy("bump mmu_invalidate_seq whether or not a memslot overlaps") { $0.seqNeedsMemslot = false },
    Remedy("keep the barrier between valid = true and the retry test") { rules in
      if rules.memory == .tsoWithoutBarrier { rules.memory = .tso }
    },
    Remedy("raise the count and walk the caches where guest_memfd is invalidated") { rules in
      if rules.guestMemfd == .lookedUp { rules.guestMemfd = .invalidates }
    },
    Remedy("valid stays false until the retry test has passed") { $0.validity = .falseBeforeLoop },
  ]
}

extension Counterexample {
  /// The one-rule changes after which this scenario has no such verdict any more, each searched exhaustively.
  package func remedies(limits: SearchLimits = SearchLimits()) -> [String] {
    Remedy.all.filter { remedy in
      let changed = form.followed(by: form.id, title: form.title, source: form.source, remedy.change)
      return changed.rules != form.rules && passes(changed, limits)
    }.map(\.summary)
  }

  /// The published forms that have no such verdict in this scenario.
  package func formsThatPass(limits: SearchLimits = SearchLimits()) -> [ProtocolForm] {
    ProtocolForm.all.filter { scenario.isFor($0) && passes($0.under(form.rules.memory), limits) }
  }

  private func passes(_ form: ProtocolForm, _ limits: SearchLimits) -> Bool {
    let exploration = Explorer(form, scenario, limits: limits, grain: grain).explore()
    return exploration.completeness == .complete && !exploration.verdicts.contains(verdict)
  }
}

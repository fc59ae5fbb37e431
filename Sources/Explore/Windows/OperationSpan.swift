// Between which recorded moments the phases of an operation lie.

import KVMEvents

/// The moments that every form has in common: entries and returns, and the one by which the count is up. What a form
/// does between two of them is free inside that interval.
package struct OperationSpan: Hashable, Sendable {
  package let begin: Moment
  /// Of an invalidation.
  package let hooks: Hooks?
  package let end: Moment
  /// A refresh, of any cache, comes before it on its thread: where that may be late, so may this be.
  package let isBehindRefresh: Bool

  package struct Hooks: Hashable, Sendable {
    /// `gpc_invalidate_start` in the start hook: the count is up, in every form, wherever that walks the caches. nil:
    /// it goes up at some time in the start hook (docs/evidence.md, rule 2).
    package let countUp: Moment?
    package let startRet: Moment
    package let endEntry: Moment

    package init(countUp: Moment?, startRet: Moment, endEntry: Moment) {
      self.countUp = countUp
      self.startRet = startRet
      self.endEntry = endEntry
    }
  }

  package init(begin: Moment, hooks: Hooks? = nil, end: Moment, isBehindRefresh: Bool = false) {
    self.begin = begin
    self.hooks = hooks
    self.end = end
    self.isBehindRefresh = isBehindRefresh
  }

  /// In program order: what parts one phase from the next comes after these …
  var lows: [Moment] { moments { $0.countUp ?? begin } }

  /// … and before these: later only where no event shows it.
  var highs: [Moment] { moments { $0.countUp ?? $0.startRet } }

  private func moments(_ countUp: (Hooks) -> Moment) -> [Moment] {
    hooks.map { [begin, countUp($0), $0.startRet, $0.endEntry, end] } ?? [begin, end]
  }
}

// Checks of the model: answered at their recorded moments.

import GPCProtocol

extension FormModel {
  mutating func check(_ cache: Int, isRefused: Bool, _ nowNs: Int64) {
    costs.checkCount += 1
    guard !isRefused else {
      costs.failedCheckCount += 1
      return
    }
    let task = engine.beginCheck(cache, &state)
    begin(task, .check)
    runs[task].cache = cache
    advanceCheck(task, nowNs)
  }

  mutating func advanceCheck(_ task: Int, _ nowNs: Int64) {
    let advance = engine.advance(task, &state)
    guard advance.end == .finished else { return waitForLock(task) }
    let cache = runs[task].cache
    if advance.branch == .no { costs.failedCheckCount += 1 }
    if advance.violations.contains(.contract) { costs.contractCount += 1 }
    if advance.violations.contains(.stale) { reportStale(cache) }
    vacate(task)
  }

  /// Once for each mapping.
  mutating func reportStale(_ cache: Int) {
    guard !isReportedStale[cache] else { return }
    isReportedStale[cache] = true
    costs.staleCount += 1
  }
}

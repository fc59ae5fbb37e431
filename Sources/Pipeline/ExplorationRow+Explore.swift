// From the search's values to the database's rows.

import Explore
import GPCProtocol
import KVMEvents
import Results

extension ExplorationRow {
  package init(_ exploration: TraceExploration) {
    let deltaNs: Int64? =
      switch exploration.settings.order {
      case .recorded(let order, _): order.deltaNs
      case .program: nil
      }
    func count(_ verdict: SearchVerdict) -> Int { exploration.verdictCounts[verdict] ?? 0 }
    self.init(
      toolVersion: Tool.version, form: exploration.form.id, memory: exploration.form.rules.memory.rawValue,
      deltaNs: deltaNs,
      windowCount: exploration.windowCount, completeCount: exploration.completeCount,
      truncatedCount: exploration.truncatedCount,
      truncatedBy: exploration.truncatedBy.isEmpty ? nil : exploration.truncatedBy.joined(separator: ", "),
      skippedCount: exploration.skippedCount,
      contractCount: count(.contract), staleCount: count(.stale), stuckCount: count(.deadlock) + count(.livelock),
      spinsCount: count(.spins),
      stateCount: exploration.stateCount, transitionCount: exploration.transitionCount,
      statesMax: exploration.settings.limits.statesMax, memoryMax: exploration.settings.limits.memoryMax,
      seed: exploration.settings.walkLimits.seed)
  }
}

extension CounterexampleRow {
  package init(_ found: WindowCounterexample, text: [String]) {
    let counterexample = found.counterexample
    let names = counterexample.scenario.setup.programs.map(\.name)
    let loopStart = counterexample.schedule.loopStart
    let steps = counterexample.timelineMoves().enumerated().map { index, move in
      Step(
        task: names[move.task], function: move.function, statement: move.statements.joined(separator: "; "),
        locks: move.locks,
        event: move.line, isWhatIf: move.isWhatIf, valid: move.state.caches[0].valid,
        needsInvalidation: move.state.caches[0].needsInvalidation, pfn: move.state.caches[0].pfn,
        activeInvalidations: move.state.count, seq: move.state.seq, isLoop: loopStart.map { index >= $0 } ?? false)
    }
    self.init(
      window: found.window, verdict: counterexample.verdict.rawValue, title: counterexample.title,
      text: text.joined(separator: "\n"), events: counterexample.recordedEvents, steps: steps)
  }
}

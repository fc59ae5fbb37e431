// A run whose recording the replay fails on, made as small as it stays so.

import SimulatedKernel

/// A failure and what makes it: printed, it is a recording that can become a test's.
package struct FailingRun {
  package private(set) var run: SimulatedRun
  package private(set) var plan: RecordingPlan
  package private(set) var failure: Failure
  private let judged: (SimulatedRecording) throws -> [Failure]
  /// Runs that may still be tried.
  private var left: Int

  /// nil: nothing fails.
  package init?(_ settings: SimulationSettings, properties: Set<Property> = Set(Property.allCases)) throws {
    try self.init(settings, triesMax: 3000) { recording in
      try TruthJudge.judge(recording).failures.filter { properties.contains($0.property) }
    }
  }

  package init?(
    _ settings: SimulationSettings, triesMax: Int, _ judged: @escaping (SimulatedRecording) throws -> [Failure]
  ) throws {
    self.judged = judged
    run = SimulatedKernel.run(Workload(drawnFrom: settings), settings)
    plan = RecordingPlan(drawnFrom: run)
    left = triesMax
    guard let first = try judged(SimulatedRecording(run, plan)).first else { return nil }
    failure = first
  }

  package var recording: SimulatedRecording { SimulatedRecording(run, plan) }

  /// Leaves out operations, then turns, then what the recording lacks, as long as the same property fails.
  package mutating func shrink() throws {
    var size = 0
    repeat {
      size = recording.text.utf8.count
      try dropOperations()
      try dropTurns()
      try mendPlan()
    } while recording.text.utf8.count < size && left > 0
  }

  private mutating func accepts(_ candidate: SimulatedRun, _ plan: RecordingPlan) throws -> Bool {
    if left == 0 { return false }
    left -= 1
    let found = try judged(SimulatedRecording(candidate, plan))
    guard let same = found.first(where: { $0.property == failure.property }) else { return false }
    (run, self.plan, failure) = (candidate, plan, same)
    return true
  }

  // MARK: Operations and turns

  private mutating func dropOperations() throws {
    let all = run.workload.tasks.flatMap(\.operations).filter { !isNeeded($0) }
    for id in all.map(\.id).reversed() {
      var workload = run.workload
      for task in workload.tasks.indices { workload.tasks[task].operations.removeAll { $0.id == id } }
      if workload.operationCount == run.workload.operationCount { continue }
      _ = try accepts(SimulatedKernel.run(workload, run.settings, following: run.turns), plan)
    }
  }

  /// That a VM took another one's place shows by its caches' initialisation alone.
  private func isNeeded(_ operation: Workload.Operation) -> Bool {
    guard case .initialise(let vm, _) = operation.kind else { return false }
    let places = run.workload.machine.placeOfVM
    return places[..<vm].contains(places[vm])
  }

  /// From the end, in halves of what was left out at once: of all tasks, then of each, whose rounds go one by one like
  /// that.
  private mutating func dropTurns() throws {
    try dropTurns { _ in true }
    for task in run.workload.tasks.indices { try dropTurns { $0.task == task } }
  }

  private mutating func dropTurns(_ isMeant: (Turn) -> Bool) throws {
    var size = run.turns.count(where: isMeant) / 2
    while size > 0 {
      var end = run.turns.count(where: isMeant)
      while end > 0 && left > 0 {
        let begin = max(0, end - size)
        let places = Set(run.turns.indices.filter { isMeant(run.turns[$0]) }[begin..<end])
        _ = try accepts(
          SimulatedKernel.run(run.workload, run.settings, following: without(places)), plan)
        end = min(begin, run.turns.count(where: isMeant))
      }
      size /= 2
    }
  }

  /// The time of what is left out goes by all the same, so that gaps and cuts stay where they are.
  private func without(_ places: Set<Int>) -> [Turn] {
    var kept: [Turn] = []
    var ns: Int64 = 0
    for (index, turn) in run.turns.enumerated() {
      ns += turn.ns
      if places.contains(index) { continue }
      kept.append(Turn(task: turn.task, operation: turn.operation, ns: ns))
      ns = 0
    }
    return kept
  }

  // MARK: The recording

  private mutating func mendPlan() throws {
    try mend { $0.begin = nil }
    try mend { $0.end = nil }
    for index in plan.gaps.indices.reversed() { try mend { $0.gaps.remove(at: index) } }
    for index in plan.gaps.indices {
      try mend { $0.gaps[index].begin += ($0.gaps[index].end - $0.gaps[index].begin) / 2 }
      try mend { $0.gaps[index].end -= ($0.gaps[index].end - $0.gaps[index].begin) / 2 }
    }
    for probe in ProbePoint.allCases where !plan.probes.contains(probe) { try mend { $0.probes.insert(probe) } }
  }

  private mutating func mend(_ change: (inout RecordingPlan) -> Void) throws {
    var mended = plan
    change(&mended)
    _ = try accepts(run, mended)
  }
}

// The search as a whole: verdicts first, then the shortest schedule of any of them.

import GPCProtocol

/// Explores one form in one scenario.
package struct Explorer: Sendable {
  package let form: ProtocolForm
  package internal(set) var scenario: Scenario
  package var limits: SearchLimits
  package var grain: Grain
  package var walkLimits = WalkLimits()

  package init(_ form: ProtocolForm, _ scenario: Scenario, limits: SearchLimits = SearchLimits(), grain: Grain = .step)
  {
    self.form = form
    self.scenario = scenario
    self.limits = limits
    self.grain = grain
  }

  /// The engine and the packing; nil where the scenario is larger than the model.
  func start() -> (Stepper, StateLayout)? {
    guard scenario.setup.fits else { return nil }
    let stepper = scenario.stepper(form, grain)
    return StateLayout(stepper.engine).map { (stepper, $0) }
  }

  /// Tasks whose programs end.
  private var mustFinish: UInt8 {
    var mask: UInt8 = 0
    for (task, program) in scenario.setup.programs.enumerated() where !program.repeats { mask |= 1 << UInt8(task) }
    return mask
  }

  /// What an exhaustive search looks for.
  package enum Wanted: Hashable, Sendable {
    case all
    /// Not for livelocks: they take the graph of all states.
    case safety
  }

  /// Every state once: which verdicts there are.
  package func explore(verdicts wanted: Wanted = .all) -> Exploration {
    guard let (stepper, layout) = start() else { return tooLarge }
    var search = StateSearch(stepper: stepper, layout: layout, limits: limits)
    search.run()
    var stuck = search.deadlock
    var endless: SearchVerdict?
    if wanted == .all && stuck == nil && search.mayCycle && search.completeness == .complete
      && livelock(search, stepper, layout) != nil
    {
      endless = endlessVerdict
    }
    let fallback = fallback(search.completeness, stepper, layout)
    let met = fallback?.met ?? [:]
    if stuck == nil, let schedule = met[.deadlock] { stuck = stuckKind(schedule) }
    var exploration = Exploration(
      form: form, scenario: scenario, completeness: search.completeness,
      verdicts: SearchVerdict.allCases.filter { verdict in
        met[verdict] != nil || verdict == endless || Self.found(verdict, search.violations, stuck)
      }, stuckKind: stuck, stateCount: search.states.count, transitionCount: search.transitionCount,
      byteCount: search.states.byteCount, branchesReached: search.branches,
      fallback: fallback)
    exploration.deadEndCount = search.deadEndCount
    if scenario.bounds != nil { exploration.endStates = search.endStates() }
    return exploration
  }

  private var tooLarge: Exploration {
    Exploration(
      form: form, scenario: scenario, completeness: .truncated(.size), verdicts: [], stuckKind: nil, stateCount: 0,
      transitionCount: 0, byteCount: 0, branchesReached: BranchSet(), fallback: nil)
  }

  private static func found(_ verdict: SearchVerdict, _ violations: Violations, _ stuck: StuckKind?) -> Bool {
    switch verdict {
    case .contract: violations.contains(.contract)
    case .stale: violations.contains(.stale)
    case .deadlock: stuck != nil
    case .livelock, .spins: false
    }
  }

  private func livelock(_ search: StateSearch, _ stepper: Stepper, _ layout: StateLayout) -> (LivelockSearch, [Int])? {
    let graph = StateGraph(stepper, layout, search.states)
    let livelocks = LivelockSearch(graph: graph, mustFinish: mustFinish)
    return livelocks.find().map { (livelocks, $0) }
  }

  /// What a livelock of this scenario is: of its operations, or of invalidations that are repeated indefinitely.
  private var endlessVerdict: SearchVerdict {
    guard scenario.setup.programs.contains(where: \.repeats) else { return .livelock }
    var once = self
    for task in once.scenario.setup.programs.indices { once.scenario.setup.programs[task].repeats = false }
    return once.explore().verdicts.contains(.livelock) ? .livelock : .spins
  }

  /// The shortest schedule to `verdict`; nil where there is none within the limits.
  package func shortestSchedule(_ verdict: SearchVerdict) -> Schedule? {
    guard let (stepper, layout) = start() else { return nil }
    switch verdict {
    case .contract: return schedule(to: .violation(.contract), stepper, layout)
    case .stale: return schedule(to: .violation(.stale), stepper, layout)
    case .deadlock: return schedule(to: .deadlock, stepper, layout)
    case .livelock, .spins: return livelockSchedule(stepper, layout).flatMap { verdict == endlessVerdict ? $0 : nil }
    }
  }

  /// The shortest schedule to the first of `contract` and `stale` that there is.
  package func shortestViolation() -> Schedule? {
    guard let (stepper, layout) = start() else { return nil }
    return schedule(to: .violation([.contract, .stale]), stepper, layout)
  }

  private func schedule(to goal: ScheduleGoal, _ stepper: Stepper, _ layout: StateLayout) -> Schedule? {
    var search = ScheduleSearch(stepper: stepper, layout: layout, limits: limits, goal: goal)
    switch search.run() {
    case .found(let schedule): return schedule
    case .none, .truncated: return nil
    }
  }

  /// The shortest way into a livelock, and once around it.
  private func livelockSchedule(_ stepper: Stepper, _ layout: StateLayout) -> Schedule? {
    var search = StateSearch(stepper: stepper, layout: layout, limits: limits)
    search.run()
    guard search.mayCycle, search.completeness == .complete else { return nil }
    guard let (livelocks, component) = livelock(search, stepper, layout) else { return nil }
    var members = StateSet(wordCount: layout.wordCount)
    for node in component { _ = members.insert(search.states[node]) }
    guard var schedule = schedule(to: .states(members), stepper, layout) else { return nil }
    var state = layout.initial
    for move in schedule.moves { _ = stepper.take(move, &state) }
    guard let start = search.states.index(of: layout.pack(state)) else {
      fatalError("a schedule leads out of the states that the search has met")
    }
    schedule.loopStart = schedule.moves.count
    schedule.moves += livelocks.loop(component, from: start)
    return schedule
  }
}

extension ProtocolSetup {
  /// Operations of one task that the model can number.
  static let operationsMax = Int(UInt8.max)

  /// Do tasks, caches and operations fit the model?
  var fits: Bool {
    programs.count <= ProtocolState.tasksMax && caches.count <= ProtocolState.cachesMax
      && programs.allSatisfy { $0.operations.count <= Self.operationsMax }
  }
}

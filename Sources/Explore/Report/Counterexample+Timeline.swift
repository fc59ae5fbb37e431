// The timeline of a counterexample: a column per task, and what holds after each step.

import GPCProtocol
import KVMEvents

extension Counterexample {
  /// One line per step, with the kernel function above the first step in it.
  func timeline() -> [String] {
    let engine = ProtocolEngine(rules: form.rules, setup: scenario.setup)
    let stepper = Stepper(engine: engine, grain: grain)
    let names = scenario.setup.programs.map(\.name)
    var table = TextColumns()
    table.append(["#"] + names + Self.stateHeadings(scenario.setup, form.rules))
    var state = engine.initialState()
    table.append(["0"] + Self.cells(names.count, 0, "") + stateCells(state, names))
    var functions = [String](repeating: "", count: names.count)
    var last = -1
    for (index, move) in schedule.moves.enumerated() {
      let task = Int(move.task)
      if index == schedule.loopStart { table.append(["", "-- from here on for ever --"]) }
      let words = StepWords(state.tasks[task].step, form.rules)
      if words.function != functions[task] || (task != last && last >= 0) {
        table.append([""] + Self.cells(names.count, task, words.function + ":"))
      }
      functions[task] = words.function
      last = task
      let branch = Self.branchWords(take(move, stepper, &state))
      table.append(
        ["\(index + 1)"] + Self.cells(names.count, task, "  " + words.statement + branch)
          + stateCells(state, names))
    }
    return table.lines() + [closing(state, names, stepper)]
  }

  private func take(_ move: Move, _ stepper: Stepper, _ state: inout ProtocolState) -> StepBranch {
    guard grain == .step else {
      _ = stepper.take(move, &state)
      return .done
    }
    return stepper.engine.take(Int(move.task), choice: Int(move.choice), &state).branch
  }

  private static func cells(_ count: Int, _ task: Int, _ text: String) -> [String] {
    (0..<count).map { $0 == task ? text : "" }
  }

  private static func branchWords(_ branch: StepBranch) -> String {
    switch branch {
    case .done: ""
    case .hit, .miss, .kept, .inactive, .failed, .retry, .pass, .pending, .clear, .woken, .yes, .no, .already:
      " -> \(branch.rawValue)"
    case .lookUp: " -> look up"
    case .noMemslot: " -> no memslot"
    }
  }

  private static func stateHeadings(_ setup: ProtocolSetup, _ rules: ProtocolRules) -> [String] {
    let flag = rules.hasNeedsInvalidation ? ["needs"] : []
    let caches = setup.caches.indices.flatMap { index in
      (["valid"] + flag + ["pfn"]).map { setup.caches.count == 1 ? $0 : "\($0)\(index)" }
    }
    return ["locks held"] + caches + ["count", "seq"] + (rules.range == .none ? [] : ["range"])
  }

  private func stateCells(_ state: ProtocolState, _ names: [String]) -> [String] {
    var cells = [locksHeld(state, names)]
    for cache in scenario.setup.caches.indices {
      let fields = state.caches[cache].fields
      cells.append(fields.valid ? "1" : "0")
      if form.rules.hasNeedsInvalidation { cells.append(fields.needsInvalidation ? "1" : "0") }
      cells.append(pfnWords(fields, state))
    }
    cells += ["\(state.kvm.activeInvalidations)", "\(state.kvm.invalidateSeq)"]
    if form.rules.range != .none { cells.append(rangeWords(state.kvm)) }
    return cells
  }

  private func pfnWords(_ fields: GfnToPfnCache, _ state: ProtocolState) -> String {
    if fields.pfn.isError { return "error" }
    return state.isStale(fields.pfn, at: fields.uhva) ? "freed" : "ok"
  }

  private func rangeWords(_ kvm: SharedKVM<SearchWidth>) -> String {
    guard !kvm.rangeStart.isError && !kvm.rangeEnd.isError else { return "-" }
    return HVARange(start: kvm.rangeStart, end: kvm.rangeEnd).pageWords
  }

  /// Who holds what: `mn_invalidate_lock`, `gpc_lock`, `mmu_lock` by their first word, `gpc->lock` as gpc with r or w.
  private func locksHeld(_ state: ProtocolState, _ names: [String]) -> String {
    var held: [String] = []
    func add(_ lock: String, _ holder: KernelLock<SearchWidth>) {
      if !holder.isFree { held.append("\(lock):\(names[Int(holder.holder) - 1])") }
    }
    add("mn", state.kvm.invalidateLock)
    add("list", state.kvm.listLock)
    add("mmu", state.kvm.mmuLock)
    for cache in scenario.setup.caches.indices {
      let number = scenario.setup.caches.count == 1 ? "" : "\(cache)"
      add("refresh\(number)", state.caches[cache].refreshLock)
      add("gpc\(number)/w", state.caches[cache].lock.writer)
      for task in names.indices where state.caches[cache].lock.readers.bits >> UInt8(task) & 1 == 1 {
        held.append("gpc\(number)/r:\(names[task])")
      }
    }
    return held.joined(separator: " ")
  }

  private func closing(_ state: ProtocolState, _ names: [String], _ stepper: Stepper) -> String {
    switch verdict {
    case .contract, .stale: return "    ^ \(verdict.rawValue)"
    case .stuck:
      let blocked = names.indices.filter {
        stepper.engine.choices($0, state) == 0 && !stepper.isFinished($0, state)
      }
      let words = blocked.map { "\(names[$0]) at \(StepWords(state.tasks[$0].step, form.rules).statement)" }
      return schedule.loopStart == nil
        ? "    ^ stuck: \(words.joined(separator: ", "))" : "    ^ and so on: stuck (livelock)"
    }
  }
}

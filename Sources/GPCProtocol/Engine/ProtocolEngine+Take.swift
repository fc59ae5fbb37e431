// Which tasks can move, in how many ways, and the step itself.

import KVMEvents

extension ProtocolEngine {
  /// What is known of a step, by its code.
  package func traits(_ step: TaskStep) -> StepTraits { program.traits[Int(step.code)] }

  /// The operation that `task` is in. It must not have finished.
  func operation<S: ProtocolStorage>(_ task: Int, _ state: borrowing S) -> CompiledOperation {
    state.operation(task, programs)
  }

  /// How many ways the next step of `task` can go: 0 blocked or finished, 1 as a rule, more where the world decides.
  func choicesOf<S: ProtocolStorage>(_ task: Int, _ state: borrowing S) -> Int {
    guard canMove(task, state) else { return 0 }
    let step = state[task: task].step
    switch traits(step).choices {
    case .one: return step == S.table(self).entry(.invalidate) ? Int(operation(task, state).rangeCount) : 1
    case .lookUpMayFail: return operation(task, state).lookUpMayFail ? 2 : 1
    case .events: return operation(task, state).handlesEvents ? 2 : 1
    case .storeBuffer: return bufferedWriter(of: Int(state[task: task].walked), state) == nil ? 1 : 2
    }
  }

  /// The task whose store buffer has `valid = true` of this cache.
  func bufferedWriter<S: ProtocolStorage>(of cache: Int, _ state: borrowing S) -> Int? {
    for task in 0..<state.taskCount(programs) where state[task: task].hasBufferedValid {
      if operation(task, state).cache == cache { return task }
    }
    return nil
  }

  /// Takes one step of `task`, which must be able to move.
  func takeStep<S: ProtocolStorage>(_ task: Int, choice: Int, _ state: inout S) -> StepOutcome {
    let table = S.table(self)
    let code = Int(state[task: task].step.code)
    let traits = table.traits[code]
    precondition(code != TaskStep.finished.code, "task \(task) takes a step after it has finished")
    let cache = self.cache(task, traits, state)
    if code == table.entry(.invalidate).code { state[task: task].range = UInt8(choice) }
    // The end hook is called.
    if traits.phase == StepTraits.endHook { state[task: task].isInWindow = false }
    if let lock = traits.takes { take(lock, task, cache, &state) }
    if let lock = traits.drops { drop(lock, task, cache, &state) }
    return withUnsafeMutablePointer(to: &state) { storage in
      var step = Step(storage: storage, engine: self, programs: programs, task: task, cache: cache, choice: choice)
      var branch = StepBranch.done
      switch table.effects[code] {
      case .none: break
      case .does(let does): does(&step)
      case .tests(let tests): branch = tests(&step)
      }
      goOn(to: table.next(code, branch), &step, table)
      return StepOutcome(branch, step.violations)
    }
  }

  /// Follows links up to the next step.
  @inline(__always)
  private func goOn<S: ProtocolStorage>(to first: UInt8, _ step: inout Step<S>, _ table: StepTable<S>) {
    var number = Int(first)
    while number >= StepTable<S>.stepCount {
      let link = table.links[number &- StepTable<S>.stepCount]
      if link.isEnd {
        finishOperation(step.task, &step.storage.pointee)
        return
      }
      link.does?(&step)
      if let holds = link.holds, !holds(&step) {
        number = Int(link.no)
      } else {
        number = Int(link.yes)
      }
    }
    step.storage.pointee[task: step.task].step = TaskStep(code: UInt8(number))
  }

  /// The first step of the operation that `task` has come to.
  func beginOperation<S: ProtocolStorage>(_ task: Int, _ state: inout S) {
    state[task: task].step = S.table(self).entry(operation(task, state).kind)
  }

  /// Ends the operation; the next one of the task begins, if it has one.
  func finishOperation<S: ProtocolStorage>(_ task: Int, _ state: inout S) {
    if state.finishOperation(task, programs) { beginOperation(task, &state) }
  }
}

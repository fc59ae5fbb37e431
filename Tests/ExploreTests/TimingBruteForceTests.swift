// The recorded times against a plain walk over every order, which asks of each step whether a step that is still to
// come had to come first.

import Forms
import GPCProtocol
import KVMEvents
import Testing

@testable import Explore

/// Takes every order that no pair of recorded moments forbids, and keeps the violations, the branches and the ends.
private struct TimedBruteForce {
  let stepper: Stepper
  let bounds: RecordedBounds
  var violations = Violations.none
  var branches = BranchSet()
  var ends: Set<EndState> = []

  mutating func run() { follow(stepper.engine.initialState(), []) }

  private mutating func follow(_ state: ProtocolState, _ path: Set<String>) {
    // A busy loop comes back to where it was.
    let name = state.name(stepper.engine)
    guard !path.contains(name) else { return }
    if (0..<stepper.engine.taskCount).allSatisfy({ stepper.isFinished($0, state) }) {
      ends.insert(EndState(state, stepper.engine.rules))
    }
    for task in 0..<stepper.engine.taskCount where !isForbidden(task, state) {
      for choice in 0..<stepper.engine.choices(task, state) {
        var next = state
        var concern = MoveMemo.Concern.none
        var found = stepper.take(Move(task: task, choice: choice), &next, &concern) { step, outcome in
          branches.insert(ProtocolBranch(step, outcome.branch))
        }
        if !(0..<stepper.engine.taskCount).contains(where: { isBetweenHooks($0, at: task, state) }) {
          found.remove(.contract)
        }
        violations.formUnion(found)
        follow(next, path.union([name]))
      }
    }
  }

  /// Does a step that another task has still to take lie surely before this one?
  private func isForbidden(_ task: Int, _ state: ProtocolState) -> Bool {
    guard let own = interval(task, state) else { return true }
    return (0..<stepper.engine.taskCount).contains { other in
      guard other != task, let next = interval(other, state), !isLate(other, state) else { return false }
      return bounds.order.surely(next.upper, before: own.lower)
    }
  }

  /// The start hook has returned, if nothing that is still to come had to come before; the end hook is not called,
  /// unless surely before the check's entry.
  private func isBetweenHooks(_ invalidation: Int, at task: Int, _ state: ProtocolState) -> Bool {
    guard state.tasks[invalidation].isInWindow, let next = interval(invalidation, state),
      let own = interval(task, state)
    else { return false }
    if stepper.engine.traits(state.tasks[invalidation].step).has(.freesPages) {
      return !isForbidden(invalidation, state)
    }
    return !bounds.order.surely(next.lower, before: own.lower)
  }

  private func interval(_ task: Int, _ state: ProtocolState) -> (lower: Moment, upper: Moment)? {
    let local = state.tasks[task]
    guard local.step != .finished else { return nil }
    return bounds.interval(task, Int(local.operation), phase: Int(stepper.engine.traits(local.step).phase))
  }

  /// In or behind a refresh that need not keep its recorded time.
  private func isLate(_ task: Int, _ state: ProtocolState) -> Bool {
    let operations = stepper.engine.setup.programs[task].operations
    let current = Int(state.tasks[task].operation)
    return !bounds.refreshesKeepTime
      && (operations[...current].contains(where: \.refreshes)
        || bounds.spans[task][...current].contains(where: \.isBehindRefresh))
  }
}

@Suite struct TimingBruteForceTests {
  private static let drawings = [
    "mm own : (  )     [  ]\nuser :        cC",
    "mm own : (  )     [  ]\nuser :    cC    cC",
    "vcpu : r    R\nmm own :    (  ) [  ]",
    "vcpu :  r R cC\nmm own : (  )        [  ]",
    "mm own : (  ) [  ]\nmm2 left :    (  )  [  ]\nuser :     cC",
    "mm own : (         )    [         ]\nuser :      cC             cC",
    "ioctl :  z    Z\nmm own : (  ) [  ]\nuser : cC       cC",
    "ioctl : z       Z\nvcpu :    q         r R\nuser :       cC",
    // The count goes up somewhere in the start hook.
    "mm own : (    )     [ w ]\nuser :    cC    cC",
    "mm own nowalk : (    ) [  ]\nvcpu :   r      R",
  ]

  @Test(arguments: [ProtocolForm.v69, .builtIn("dwmw2-v2"), .builtIn("seanjc-3")], drawings)
  func sameAsEveryOrder(form: ProtocolForm, drawing: String) throws {
    for order in [WindowOrder.recorded(MomentOrder(deltaNs: 0)), .recorded(MomentOrder(deltaNs: 3000))] {
      try expectSame(form, drawing, order)
    }
  }

  @Test func sameInProgramOrder() throws { try expectSame(.builtIn("dwmw2-v2"), Self.drawings[0], .program) }

  private func expectSame(_ form: ProtocolForm, _ drawing: String, _ order: WindowOrder) throws {
    let cells = try #require(PageCells([WindowDrawing.page]))
    let operations = WindowOperations(WindowDrawing(drawing).window, form: form)
    let view = CacheWindow(operations, cache: 1, pages: cells.pages, order: order, form: form)
    let scenario = view.scenario(
      ofWindow: 1, from: CarriedState(cache: .warm(form.rules), page: WindowDrawing.page, isGPABased: true),
      in: cells, range: nil, names: { "\($0)" })
    let exploration = Explorer(form, scenario, grain: .lockSection).explore(verdicts: .safety)
    var stepper = scenario.stepper(form, .lockSection)
    stepper.timing = nil
    let bounds = try #require(scenario.bounds)
    var force = TimedBruteForce(stepper: stepper, bounds: bounds)
    force.run()
    #expect(exploration.completeness == .complete)
    #expect(exploration.endStates == force.ends, "\(order)")
    #expect(exploration.branchesReached == force.branches, "\(order)")
    #expect(exploration.verdicts.contains(.contract) == force.violations.contains(.contract), "\(order)")
    #expect(exploration.verdicts.contains(.stale) == force.violations.contains(.stale), "\(order)")
  }
}

// The forms' tables, as compiled, against what the engine does when it runs.

import Forms
import GPCProtocol
import Testing

@testable import Explore

@Suite struct EdgesTests {
  private typealias Edge = ProtocolProgram.Edge

  /// The first states of a scenario, step by step.
  private func edges(_ form: ProtocolForm, _ setup: ProtocolSetup, statesMax: Int) throws -> Set<Edge> {
    let engine = ProtocolEngine(form, setup: setup)
    let layout = try #require(StateLayout(engine))
    var states = StateSet(wordCount: layout.wordCount)
    _ = states.insert(layout.pack(layout.initial))
    var edges: Set<Edge> = []
    var index = 0
    while index < states.count && index < statesMax {
      let state = layout.unpack(states[index])
      for task in 0..<engine.taskCount {
        for choice in 0..<engine.choices(task, state) {
          var next = state
          let outcome = engine.take(task, choice: choice, &next)
          let (before, after) = (state.tasks[task], next.tasks[task])
          let isOver = after.step == .finished || after.operation != before.operation
          edges.insert(Edge(step: before.step, branch: outcome.branch, next: isOver ? nil : after.step))
          _ = states.insert(layout.pack(next))
        }
      }
      index += 1
    }
    return edges
  }

  /// The tables tell of one cache.
  private static let setups = Scenario.builtIn.map(\.setup).filter { setup in
    setup.caches.count == 1 && setup.programs.allSatisfy { !$0.repeats }
  }

  @Test(arguments: ProtocolForm.all.map(\.id)) func sameAsFoundByRunning(_ id: String) throws {
    let form = try #require(ProtocolForm.named(id))
    var found: Set<Edge> = []
    for setup in Self.setups { found.formUnion(try edges(form, setup, statesMax: 6_000)) }
    let declared = form.program.edges
    #expect(found.subtracting(declared).map { describe($0, form) } == [])
    #expect(declared.subtracting(found).map { describe($0, form) } == [])
  }

  private func describe(_ edge: Edge, _ form: ProtocolForm) -> String {
    let names = [edge.step, edge.next ?? .finished].map { form.program.words($0).name }
    return "\(names[0]) (\(edge.branch)) to \(names[1])"
  }
}

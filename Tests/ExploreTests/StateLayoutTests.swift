// Packing loses nothing that the steps can tell apart.

import Forms
import GPCProtocol
import Testing

@testable import Explore

@Suite struct StateLayoutTests {
  @Test(arguments: ProtocolForm.all.map(\.id))
  func unpackedStateGoesOnLikeThePackedOne(_ id: String) throws {
    let form = try #require(ProtocolForm.named(id))
    for name in ["two-refreshers", "deactivation", "moved", "around-for-ever", "punch-hole-and-mm", "guest-events"] {
      let scenario = try #require(Scenario.named(name))
      let engine = ProtocolEngine(form, setup: scenario.setup)
      let layout = try #require(StateLayout(engine))
      let stepper = Stepper(engine: engine, grain: .step)
      var state = layout.initial
      // A fixed walk: the task that moves is chosen by a counter, so that every task gets its turn.
      for turn in 0..<400 {
        let movable = (0..<engine.taskCount).filter { engine.choices($0, state) > 0 }
        guard !movable.isEmpty else { break }
        let move = Move(task: movable[(turn * 7 + turn / 5) % movable.count], choice: 0)
        var unpacked = layout.unpack(layout.pack(state))
        #expect(layout.pack(unpacked).isSame(layout.pack(state)))
        let expected = stepper.take(move, &state)
        #expect(stepper.take(move, &unpacked) == expected)
        #expect(layout.pack(unpacked).isSame(layout.pack(state)))
      }
    }
  }

  @Test func everyBuiltInScenarioFitsTwoWords() throws {
    for scenario in Scenario.builtIn {
      for form in ProtocolForm.all {
        let layout = try #require(StateLayout(ProtocolEngine(form, setup: scenario.setup)))
        #expect(layout.scheduleWordCount <= 2)
      }
    }
  }
}

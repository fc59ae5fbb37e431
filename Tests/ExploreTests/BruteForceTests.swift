// The search against a plain walk over every order: no packing, no hashing, no stored states.

import Forms
import GPCProtocol
import KVMEvents
import Results
import Testing

@testable import Explore

/// Takes every order of moves, one after the other, and keeps the best schedule per violation.
private struct BruteForce {
  let stepper: Stepper
  let preemptionsMax: Int
  /// The fewest preemptions, and the fewest steps with them, by violation.
  var best: [UInt8: (preemptions: Int, steps: Int)] = [:]
  var deadlock: (preemptions: Int, steps: Int)?
  var orderCount = 0

  mutating func run() { follow(stepper.engine.initialState(), last: nil, preemptions: 0, steps: 0, path: []) }

  private mutating func follow(
    _ state: ProtocolState, last: Int?, preemptions: Int, steps: Int, path: Set<String>
  ) {
    let name = state.name(stepper.engine)
    guard !path.contains(name) else { return }
    let path = path.union([name])
    if stepper.isDeadlocked(state) { deadlock = Self.better(deadlock, (preemptions, steps)) }
    let lastCanGoOn = last.map { stepper.engine.choices($0, state) > 0 } ?? false
    var moved = false
    for task in 0..<stepper.engine.taskCount {
      let cost = task != last && lastCanGoOn ? preemptions + 1 : preemptions
      guard cost <= preemptionsMax else { continue }
      for choice in 0..<stepper.engine.choices(task, state) {
        moved = true
        var next = state
        let violations = stepper.take(Move(task: task, choice: choice), &next)
        for violation in [Violations.contract, .stale] where violations.contains(violation) {
          best[violation.rawValue] = Self.better(best[violation.rawValue], (cost, steps + 1))
        }
        follow(next, last: task, preemptions: cost, steps: steps + 1, path: path)
      }
    }
    if !moved { orderCount += 1 }
  }

  private static func better(_ a: (Int, Int)?, _ b: (Int, Int)) -> (Int, Int) {
    guard let a else { return b }
    return (a.0, a.1) <= (b.0, b.1) ? a : b
  }
}

@Suite struct BruteForceTests {
  private static let warm = ProtocolSetup.Cache(page: cachePage, warmth: .warm)
  private static let cold = ProtocolSetup.Cache(page: cachePage, warmth: .cold)

  private static func setup(
    _ cache: ProtocolSetup.Cache, inFile: Bool = false, _ programs: TaskProgram...
  ) -> ProtocolSetup {
    var setup = ProtocolSetup(caches: [cache], memslots: [.everything], programs: programs)
    if inFile { setup.file = .pages(0..<3) }
    return setup
  }

  private static let setups = [
    setup(warm, .invalidator("mm", 1..<2), .checker()),
    setup(cold, .invalidator("mm", 1..<2), .refresher()),
    setup(cold, .invalidator("mm", 1..<2), .refresher(), .checker()),
    setup(warm, .invalidator("mm", 1..<2), .user()),
    setup(warm, .invalidator("mm", 1..<2), .guest(handlesEvents: true)),
    setup(warm, inFile: true, .puncher("file", 1..<2), .user()),
  ]

  @Test(arguments: ProtocolForm.all.map(\.id), setups.indices)
  func searchAndBruteForceAgree(_ id: String, _ index: Int) throws {
    let form = try #require(ProtocolForm.named(id))
    let engine = ProtocolEngine(form, setup: Self.setups[index])
    let scenario = Scenario(name: "brute force", summary: "", setup: Self.setups[index])
    let stepper = Stepper(engine: engine, grain: .lockSection)
    var brute = BruteForce(stepper: stepper, preemptionsMax: 2)
    brute.run()
    let explorer = Explorer(form, scenario, grain: .lockSection)
    expect(explorer.shortestSchedule(.contract), brute.best[Violations.contract.rawValue])
    expect(explorer.shortestSchedule(.stale), brute.best[Violations.stale.rawValue])
    if brute.deadlock != nil { expect(explorer.shortestSchedule(.deadlock), brute.deadlock) }
    #expect(brute.orderCount > 0)
  }

  /// The brute force looks no further than two preemptions: a schedule that needs more must not be known to it.
  private func expect(_ schedule: Schedule?, _ brute: (preemptions: Int, steps: Int)?) {
    guard let schedule, schedule.preemptionCount <= 2 else {
      #expect(brute == nil)
      return
    }
    #expect(brute?.preemptions == schedule.preemptionCount)
    #expect(brute?.steps == schedule.moves.count)
  }
}

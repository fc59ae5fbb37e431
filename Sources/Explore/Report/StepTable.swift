// Which step follows which: a form's steps as a state machine, read off the engine by running it.

import GPCProtocol
import KVMEvents

/// Every (step, branch, next step) that some order of a few small scenarios takes.
struct StepTable {
  struct Row: Hashable {
    let step: Int
    let branch: StepBranch
    /// nil: the operation is over.
    let next: Int?
  }

  private(set) var rows: Set<Row> = []

  init(_ form: ProtocolForm) {
    for setup in Self.setups {
      let engine = ProtocolEngine(rules: form.rules, setup: setup)
      guard let layout = StateLayout(engine) else { fatalError("a scenario of the step table is too large") }
      run(engine, layout)
    }
  }

  /// In the order of the steps' codes.
  var sorted: [Row] {
    rows.sorted { a, b in
      (a.step, a.branch.rawValue, a.next ?? Int.max) < (b.step, b.branch.rawValue, b.next ?? Int.max)
    }
  }

  private mutating func run(_ engine: ProtocolEngine, _ layout: StateLayout) {
    var states = StateSet(wordCount: layout.wordCount)
    _ = states.insert(layout.pack(layout.initial))
    var index = 0
    while index < states.count {
      let state = layout.unpack(states[index])
      for task in 0..<engine.taskCount {
        for choice in 0..<engine.choices(task, state) {
          var next = state
          let outcome = engine.take(task, choice: choice, &next)
          rows.insert(Self.row(task, state, outcome.branch, next))
          _ = states.insert(layout.pack(next))
        }
      }
      index += 1
    }
  }

  private static func row(
    _ task: Int, _ before: ProtocolState, _ branch: StepBranch, _ after: ProtocolState
  ) -> Row {
    let isOver = after.tasks[task].step == .finished || after.tasks[task].operation != before.tasks[task].operation
    return Row(
      step: before.tasks[task].step.code, branch: branch, next: isOver ? nil : after.tasks[task].step.code)
  }

  /// Small, and between them through every step of every form.
  private static let setups: [ProtocolSetup] = [
    setup(.warm, .invalidator("mm", 1..<2), .user()),
    setup(.warm, .invalidator("mm", 1..<2), .refresher(mayFail: true)),
    setup(.cold, .invalidator("mm", 1..<2), .invalidator("mm2", 2..<3), .refresher()),
    // A range on either side of the page; a walk that clears the flag of a refresh under way.
    setup(.cold, .invalidator("mm", 0..<1, 2..<3), .refresher()),
    setup(.warm, .invalidator("mm", 1..<2, 1..<2), .refresher()),
    setup(
      .warm, .invalidator("mm", 1..<2), .refresher(),
      TaskProgram("ioctl", [.deactivate(cache: 0), .activate(cache: 0, .gpaPage(cachePage))])),
    setup(.warm, TaskProgram("vcpu", [.activate(cache: 0, .gpaPage(cachePage))]), .refresher(page: 2)),
    setup(.warm, TaskProgram("vcpu", [.refresh(cache: 0, .unmappedGPA, lookUpMayFail: false)])),
    ProtocolSetup(
      caches: [ProtocolSetup.Cache(page: cachePage, warmth: .warm)], memslots: [],
      programs: [.invalidator("mm", 1..<2), .checker()]),
  ]

  private static func setup(_ warmth: ProtocolSetup.Warmth, _ programs: TaskProgram...) -> ProtocolSetup {
    ProtocolSetup(
      caches: [ProtocolSetup.Cache(page: cachePage, warmth: warmth)], memslots: [.everything], programs: programs)
  }
}

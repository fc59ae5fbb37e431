// All forms in one VM.

import GPCProtocol
import KVMEvents

struct VMModels {
  private var planner: VMPlanner
  private var models: [FormModel]
  /// The last windows. One behind them may have a refresh that was asked for while one of these lasted, and waited for `refresh_lock`:
  /// then all from that one on are one.
  private var held: [RecordedWindow] = []

  private static let heldMax = 16
  private static let operationsMax = 65_536

  init(_ forms: [ProtocolForm], deltaNs: Int64) {
    planner = VMPlanner(deltaNs: deltaNs)
    models = forms.map { FormModel($0) }
  }

  /// All its caches were deactivated, and nothing is under way.
  var isOver: Bool { held.isEmpty && planner.isOver && models.allSatisfy(\.isIdle) }

  mutating func consume(_ window: RecordedWindow) {
    var window = window
    let earliestNs = window.earliestNs
    if let reached = held.firstIndex(where: { $0.latestNs >= earliestNs }) {
      let joined = held[reached...].flatMap(\.operations) + window.operations
      if joined.count <= Self.operationsMax {
        held.removeSubrange(reached...)
        window = RecordedWindow(vm: window.vm, operations: joined, doubt: nil)
      }
    }
    held.append(window)
    // Behind the last deactivation there is no more to wait for.
    if window.operations.contains(where: \.deactivates) { runHeld() }
    if held.count > Self.heldMax { run(held.removeFirst()) }
  }

  private mutating func run(_ window: RecordedWindow) {
    let plan = planner.plan(window)
    for form in models.indices { models[form].run(plan, cacheCount: planner.cacheCount) }
  }

  private mutating func runHeld() {
    for window in held { run(window) }
    held = []
  }

  /// A window of which nothing is known: what is under way ends as if nothing more had happened.
  mutating func skip() {
    finish()
    planner.forget()
  }

  mutating func finish() {
    runHeld()
    for form in models.indices { models[form].finish() }
  }

  func costs(_ form: Int) -> FormCosts { models[form].costs }
}

extension RecordedWindow {
  /// When the first of its operations was asked for.
  fileprivate var earliestNs: Int64 {
    operations.reduce(Int64.max) { earliest, operation in
      guard case .refresh(let refresh) = operation.kind else { return min(earliest, operation.begin.time) }
      return min(earliest, refresh.request?.time ?? operation.begin.time)
    }
  }

  fileprivate var latestNs: Int64 { operations.reduce(Int64.min) { max($0, $1.end.time) } }
}

extension RecordedOperation {
  fileprivate var deactivates: Bool {
    switch kind {
    case .deactivate: true
    case .invalidate, .refresh, .check: false
    }
  }
}

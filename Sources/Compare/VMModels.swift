// All forms in one VM.

import GPCProtocol
import KVMEvents

struct VMModels {
  private var planner: VMPlanner
  private var models: [FormModel]
  /// The last window. The next one may begin with a refresh that was asked for while this one lasted, and waited for `refresh_lock`:
  /// then the two are one.
  private var held: RecordedWindow?

  private static let operationsMax = 65_536

  init(_ forms: [ProtocolForm], deltaNs: Int64) {
    planner = VMPlanner(deltaNs: deltaNs)
    models = forms.map { FormModel($0) }
  }

  /// All its caches were deactivated, and nothing is under way.
  var isOver: Bool { held == nil && planner.isOver && models.allSatisfy(\.isIdle) }

  mutating func consume(_ window: RecordedWindow) {
    if let held {
      if window.earliestNs <= held.latestNs && held.operations.count + window.operations.count <= Self.operationsMax {
        self.held = held.joined(window)
        return
      }
      run(held)
    }
    held = window
  }

  private mutating func run(_ window: RecordedWindow) {
    let plan = planner.plan(window)
    for form in models.indices { models[form].run(plan, cacheCount: planner.cacheCount) }
  }

  private mutating func runHeld() {
    if let held { run(held) }
    held = nil
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

  fileprivate func joined(_ next: RecordedWindow) -> RecordedWindow {
    RecordedWindow(vm: vm, operations: operations + next.operations, doubt: nil)
  }
}

// All forms in one VM.

import GPCProtocol
import KVMEvents
import Results

struct VMModels {
  private var planner: VMPlanner
  private var models: [FormModel]

  init(_ forms: [ProtocolForm], kernel: ProtocolForm, deltaNs: Int64, retriesMax: Int) {
    planner = VMPlanner(kernel.rules, deltaNs: deltaNs)
    models = forms.map { FormModel($0, kernel: kernel, retriesMax: retriesMax) }
  }

  /// All its caches were deactivated, and nothing is in progress.
  var isOver: Bool { planner.isOver && models.allSatisfy(\.isIdle) }

  mutating func consume(_ window: RecordedWindow) {
    let plan = planner.plan(window)
    for form in models.indices { models[form].run(plan, cacheCount: planner.cacheCount) }
  }

  /// A window about which nothing is known: everything in progress ends as if nothing more had happened.
  mutating func skip() {
    finish()
    planner.forget()
  }

  mutating func finish() {
    for form in models.indices { models[form].finish() }
  }

  var kernelWaits: KernelWaits { planner.kernelWaits }

  func costs(_ form: Int) -> FormCosts { models[form].costs }
}

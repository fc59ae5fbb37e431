// All forms in one VM.

import GPCProtocol
import KVMEvents
import Results

struct VMModels {
  private var planner: VMPlanner
  private var models: [FormModel]

  init(_ engines: [ProtocolEngine], kernel: ProtocolForm, deltaNs: Int64, retriesMax: Int) {
    planner = VMPlanner(kernel.rules, deltaNs: deltaNs)
    models = engines.map { FormModel($0, kernel: kernel, retriesMax: retriesMax) }
  }

  /// All its caches were deactivated, and nothing is in progress.
  var isOver: Bool { planner.isOver && models.allSatisfy(\.isIdle) }

  /// - Parameter costs: of each form, over all VMs: what the window costs is added.
  mutating func consume(_ window: RecordedWindow, _ costs: inout [FormCosts]) {
    let plan = planner.plan(window)
    let cacheCount = planner.cacheCount
    count(&costs) { $0.run(plan, cacheCount: cacheCount) }
  }

  /// A window about which nothing is known: everything in progress ends as if nothing more had happened.
  mutating func skip(_ costs: inout [FormCosts]) {
    finish(&costs)
    planner.forget()
  }

  mutating func finish(_ costs: inout [FormCosts]) {
    count(&costs) { $0.finish() }
  }

  /// Lends each model the sums: own ones, with a histogram for each form and VM, would take forms times VMs.
  private mutating func count(_ costs: inout [FormCosts], _ body: (inout FormModel) -> Void) {
    for form in models.indices {
      swap(&models[form].costs, &costs[form])
      body(&models[form])
      swap(&models[form].costs, &costs[form])
    }
  }

  var kernelWaits: KernelWaits { planner.kernelWaits }
}

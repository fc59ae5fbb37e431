// Every form over one recording, in one pass.

import GPCProtocol
import KVMEvents
import Results

/// Takes the recording's windows in order and adds up what each form would have cost. Bounded by what is in progress.
package struct Comparison {
  package let forms: [ProtocolForm]
  /// The form that the recorded kernel is assumed to have run.
  private let kernel: ProtocolForm
  private let deltaNs: Int64
  private let retriesMax: Int
  /// By form; shared by all VMs.
  private let engines: [ProtocolEngine]
  private var vms: [Int32: VMModels] = [:]
  private var costs: [FormCosts]
  /// The windows about which nothing can be concluded, excluded for all forms.
  package private(set) var leftOut: [LeftOutWindow] = []
  /// By VM: the section currently excluded, and where the last operation of the last window began.
  private var openLeftOut: [Int32: Int] = [:]
  private var lastEvents: [Int32: EventID] = [:]
  package private(set) var windowCount: Int64 = 0
  /// What the recorded kernel waited itself.
  package private(set) var kernelWaits = KernelWaits()

  /// - Parameters:
  ///   - kernel: the recorded kernel's form: what its decisions show about the order.
  ///   - deltaNs: how far the clocks of two CPUs may differ.
  ///   - retriesMax: rounds that a form may repeat in a VM without any reason in the recording; a refresh that needs
  /// more is stuck.
  package init(_ forms: [ProtocolForm], kernel: ProtocolForm, deltaNs: Int64, retriesMax: Int = 1_000_000) {
    self.forms = forms
    self.kernel = kernel
    self.deltaNs = deltaNs
    self.retriesMax = retriesMax
    engines = forms.map { ProtocolEngine($0) }
    costs = forms.map { _ in FormCosts() }
  }

  package mutating func consume(_ window: RecordedWindow) {
    windowCount += 1
    if let doubt = window.doubt {
      vms[window.vm]?.skip(&costs)
      leaveOut(window, doubt)
    } else if vms[window.vm] == nil && vms.count == Self.vmsMax {
      leaveOut(window, .tooLong)
    } else {
      if let first = window.operations.first { endLeftOut(of: window.vm, before: first.begin.id) }
      vms[
        window.vm, default: VMModels(engines, kernel: kernel, deltaNs: deltaNs, retriesMax: retriesMax)
      ].consume(window, &costs)
    }
    if let last = window.operations.last { lastEvents[window.vm] = last.begin.id }
    if vms[window.vm]?.isOver ?? false { retire(window.vm) }
  }

  /// Each form keeps a model of each VM that is not over: more than at once on any host.
  private static let vmsMax = 1024

  private mutating func leaveOut(_ window: RecordedWindow, _ doubt: RecordedWindow.Doubt) {
    guard let open = openLeftOut[window.vm] else {
      openLeftOut[window.vm] = leftOut.count
      leftOut.append(
        LeftOutWindow(
          vm: window.vm, firstEvent: (lastEvents[window.vm] ?? 0) + 1, lastEvent: .max, doubt: doubt, windowCount: 1))
      return
    }
    leftOut[open].windowCount += 1
  }

  private mutating func endLeftOut(of vm: Int32, before event: EventID) {
    guard let open = openLeftOut.removeValue(forKey: vm) else { return }
    leftOut[open].lastEvent = event - 1
  }

  /// The recording is over. By form, in the order of `forms`.
  package mutating func finish() -> [FormCosts] {
    for vm in vms.keys.sorted() { retire(vm) }
    return costs
  }

  /// The forms with known costs: if the recorded kernel's own waits cannot be separated from what its threads did, only
  /// those that wait as it does.
  package var comparableForms: [ProtocolForm] {
    kernelWaits.areKnown ? forms : forms.filter { $0.rules.wait == kernel.rules.wait }
  }

  /// The result of `finish`, for the comparable forms.
  package func rows(_ costs: [FormCosts]) -> [(id: String, costs: FormCosts)] {
    let comparable = Set(comparableForms.map(\.id))
    return zip(forms, costs).filter { comparable.contains($0.0.id) }.map { (id: $0.id, costs: $1) }
  }

  private mutating func retire(_ vm: Int32) {
    guard var models = vms.removeValue(forKey: vm) else { return }
    models.finish(&costs)
    kernelWaits.add(models.kernelWaits)
  }
}

// Why there are no probes for a kernel, in sentences.

import BTF
import Glibc

package enum ProbesError: Error, Equatable, Sendable {
  case unreadable(String, errno: Int32)
  case btf(String, BTFFileError)
  /// BTF that reads, and turns out to be damaged when it is asked.
  case fault(BTFFault)
  /// kallsyms has no function of KVM.
  case noKVM(String)
  /// `--symbol` names an event that nothing is recorded under.
  case noEvent(String)
  /// `--symbol` names a function that the kernel does not have, or has twice.
  case noFunction(String)
  case functionTwice(String)
  /// Nothing can be recorded: the start hook or all else is missing.
  case nothingToProbe

  package var sentence: String {
    switch self {
    case .unreadable(let path, let number): "\(path) cannot be read: \(String(cString: strerror(number)))."
    case .btf(let path, let error): "\(path) \(error.predicate)."
    case .fault(let fault): "The kernel's BTF \(fault.predicate)."
    case .noKVM(let path):
      "\(path) has no function of KVM: the module kvm is not loaded (modprobe kvm), or has no cache of pfns (before 5.17)."
    case .noEvent(let event):
      "--symbol: no event is called \(event); events are \(ProbePlan.eventNames.joined(separator: ", "))."
    case .noFunction(let function): "--symbol: the kernel has no function \(function) in KVM."
    case .functionTwice(let function): "--symbol: the kernel has several functions \(function) in KVM."
    case .nothingToProbe: "None of the functions that a recording needs is there."
    }
  }
}

// The VMs that a gap concerns.

/// A gap on a CPU concerns every VM: listing them for each would take losses times VMs.
package enum AffectedVMs: Sendable {
  case all
  case these([Int32])

  package func contains(_ vm: Int32) -> Bool {
    switch self {
    case .all: true
    case .these(let vms): vms.contains(vm)
    }
  }
}

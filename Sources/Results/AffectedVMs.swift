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

  /// It has all of the other's.
  package func include(_ other: AffectedVMs) -> Bool {
    switch (self, other) {
    case (.all, _): true
    case (.these(let own), .these(let others)): own == others
    case (.these, .all): false
    }
  }
}

// A field that a probe made for another kernel read at the wrong offset; a row of the table `implausible_field`.

import KVMEvents

/// A value recorded as `field` that cannot be that (evidence, rule 20). It is not used.
package struct ImplausibleField: Sendable {
  package enum Sign: String, CaseIterable, Encodable, Sendable {
    /// A pointer outside the kernel half, or not aligned as what it should point to.
    case noKernelAddress = "no_kernel_address"
    /// A value that the kernel's variable never has.
    case outOfRange = "out_of_range"
    /// Ruled out by the answer of the same `kvm_gpc_check()`.
    case besideAnswer = "beside_answer"
    /// A count that is always 0, even while invalidations are certainly in flight.
    case alwaysZero = "always_zero"
    /// A sequence below a snapshot that was taken of it earlier.
    case belowSnapshot = "below_snapshot"
    /// It is read at the same offset as a field of another probe that shows a sign.
    case sameOffset = "same_offset"

    /// Two events are compared: an event that is missing without a marker may lie between, and they are no pair.
    package var restsOnPairs: Bool {
      switch self {
      case .besideAnswer, .alwaysZero, .belowSnapshot, .sameOffset: true
      case .noKernelAddress, .outOfRange: false
      }
    }
  }

  package let kind: EventKind
  package let field: EventField
  package let sign: Sign
  /// How many values show the sign; 0 for `sameOffset`.
  package let count: Int64
  /// The first event that shows it.
  package let firstEvent: EventID?

  package init(kind: EventKind, field: EventField, sign: Sign, count: Int64, firstEvent: EventID?) {
    self.kind = kind
    self.field = field
    self.sign = sign
    self.count = count
    self.firstEvent = firstEvent
  }
}

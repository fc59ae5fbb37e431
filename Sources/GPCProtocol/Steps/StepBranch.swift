// Which way a step went.

/// Which way a step went.
package enum StepBranch: String, Hashable, Sendable, CaseIterable {
  case done, hit, miss, kept, lookUp, inactive, noMemslot, failed, retry, pass, pending, clear, woken, yes, no
  case already
}

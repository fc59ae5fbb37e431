// Which branches were taken: a set in two registers, for searches join such sets all the time.

package struct BranchSet: Hashable, Sendable {
  /// One bit per `ProtocolBranch.code`.
  @usableFromInline var bits: UInt128 = 0

  @inlinable package init() {}

  package init(_ branches: some Sequence<ProtocolBranch>) {
    for branch in branches { insert(branch) }
  }

  package mutating func insert(_ branch: ProtocolBranch) { bits |= 1 << UInt128(branch.code) }

  @inlinable package mutating func formUnion(_ other: BranchSet) { bits |= other.bits }

  package func contains(_ branch: ProtocolBranch) -> Bool { bits >> UInt128(branch.code) & 1 == 1 }

  package func subtracting(_ other: BranchSet) -> BranchSet {
    var rest = self
    rest.bits &= ~other.bits
    return rest
  }

  package var isEmpty: Bool { bits == 0 }
  package var count: Int { bits.nonzeroBitCount }

  /// In code order.
  package var branches: [ProtocolBranch] { ProtocolBranch.all.filter(contains) }

  /// The steps that went some way, in code order.
  package var steps: [TaskStep] {
    branches.reduce(into: []) { steps, branch in
      if steps.last != branch.step { steps.append(branch.step) }
    }
  }
}

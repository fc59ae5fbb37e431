// Which branches were taken: a set in four registers, for searches join such sets all the time.

package struct BranchSet: Hashable, Sendable {
  /// One bit per `ProtocolBranch.code`, the first 128.
  @usableFromInline var low: UInt128 = 0
  /// The following ones.
  @usableFromInline var high: UInt128 = 0

  @inlinable package init() {}

  package init(_ branches: some Sequence<ProtocolBranch>) {
    for branch in branches { insert(branch) }
  }

  package mutating func insert(_ branch: ProtocolBranch) {
    let code = UInt128(branch.code)
    if code < 128 { low |= 1 << code } else { high |= 1 << (code - 128) }
  }

  @inlinable package mutating func formUnion(_ other: BranchSet) {
    low |= other.low
    high |= other.high
  }

  package func contains(_ branch: ProtocolBranch) -> Bool {
    let code = UInt128(branch.code)
    return (code < 128 ? low >> code : high >> (code - 128)) & 1 == 1
  }

  package func subtracting(_ other: BranchSet) -> BranchSet {
    var rest = self
    rest.low &= ~other.low
    rest.high &= ~other.high
    return rest
  }

  package var isEmpty: Bool { low == 0 && high == 0 }
  package var count: Int { low.nonzeroBitCount + high.nonzeroBitCount }

  /// In code order.
  package var branches: [ProtocolBranch] { ProtocolBranch.all.filter(contains) }

  /// The steps that went some way, in code order.
  package var steps: [TaskStep] {
    branches.reduce(into: []) { steps, branch in
      if steps.last != branch.step { steps.append(branch.step) }
    }
  }
}

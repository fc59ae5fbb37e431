// Which way a step went.

/// Which way a step went.
package enum StepBranch: String, Hashable, Sendable, CaseIterable {
  case done, hit, miss, kept, lookUp, inactive, noMemslot, failed, retry, pass, pending, clear, woken, yes, no
  case already
}

extension StepBranch {
  static var count: Int { 16 }

  /// Its place in `allCases`.
  package var place: Int {
    switch self {
    case .done: 0
    case .hit: 1
    case .miss: 2
    case .kept: 3
    case .lookUp: 4
    case .inactive: 5
    case .noMemslot: 6
    case .failed: 7
    case .retry: 8
    case .pass: 9
    case .pending: 10
    case .clear: 11
    case .woken: 12
    case .yes: 13
    case .no: 14
    case .already: 15
    }
  }
}

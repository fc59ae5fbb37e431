// The programs of a search's tasks, flat, as the engine's inner loop reads them. A recording has none: its tasks come
// and go.

import KVMEvents

package final class CompiledPrograms: Sendable {
  let taskCount: Int
  let cacheCount: Int
  let operations: [CompiledOperation]
  /// What each of `operations` asks a refresh for; nil where it does not refresh.
  let requests: [RefreshRequest?]
  let ranges: [CompiledOperation.Range]
  /// Where each task's operations begin among `operations`; one more than there are tasks.
  let firstOperation: [Int]
  let repeats: [Bool]
  /// Where gpa-based caches are looked up in guest_memfd; nil: nowhere.
  let fileBacked: HVARange?
  /// Bit n: a vCPU runs its guest on the pfn of cache n.
  let guestCaches: UInt8

  init(_ setup: ProtocolSetup, _ rules: ProtocolRules) {
    var operations: [CompiledOperation] = []
    var ranges: [CompiledOperation.Range] = []
    var firstOperation: [Int] = [0]
    for program in setup.programs {
      operations += program.operations.map { Self.compile($0, rules, setup, &ranges) }
      firstOperation.append(operations.count)
    }
    self.operations = operations
    requests = setup.programs.flatMap(\.operations).map(\.request)
    self.ranges = ranges
    self.firstOperation = firstOperation
    repeats = setup.programs.map(\.repeats)
    taskCount = setup.programs.count
    cacheCount = setup.caches.count
    fileBacked = setup.fileBacked(rules)
    guestCaches = operations.reduce(0) { $1.kind == .runGuest ? $0 | 1 << UInt8($1.cacheIndex) : $0 }
  }

  private static func compile(
    _ operation: TaskOperation, _ rules: ProtocolRules, _ setup: ProtocolSetup,
    _ ranges: inout [CompiledOperation.Range]
  ) -> CompiledOperation {
    switch operation {
    case .invalidate(let chosen):
      let compiled = chosen.map { chosen in
        CompiledOperation.Range(
          range: chosen.range,
          hitsMemslot: chosen.hitsMemslot ?? setup.hitsMemslot(chosen.range) || !rules.seqNeedsMemslot,
          freesPages: chosen.freesPages, mayBlock: chosen.mayBlock)
      }
      return invalidation(.invalidate, compiled, &ranges)
    case .punchHole(let range):
      let compiled = CompiledOperation.Range(range: range, hitsMemslot: true, freesPages: true)
      return invalidation(.punchHole, [compiled], &ranges)
    case .refresh(let cache, _, let mayFail):
      return CompiledOperation(kind: .refresh, cacheIndex: UInt32(cache), hasSecondWay: mayFail)
    case .check(let cache): return CompiledOperation(kind: .check, cacheIndex: UInt32(cache))
    case .use(let cache, _): return CompiledOperation(kind: .use, cacheIndex: UInt32(cache))
    case .deactivate(let cache): return CompiledOperation(kind: .deactivate, cacheIndex: UInt32(cache))
    case .activate(let cache, _, let mayFail):
      return CompiledOperation(kind: .activate, cacheIndex: UInt32(cache), hasSecondWay: mayFail)
    case .runGuest(let cache, _, let handlesEvents):
      return CompiledOperation(kind: .runGuest, cacheIndex: UInt32(cache), hasSecondWay: handlesEvents)
    }
  }

  private static func invalidation(
    _ kind: CompiledOperation.Kind, _ chosen: [CompiledOperation.Range], _ ranges: inout [CompiledOperation.Range]
  ) -> CompiledOperation {
    // A recording repeats a few ranges many times: each run of choices once.
    let known = ranges.indices.first { ranges[$0...].starts(with: chosen) }
    let first = known ?? ranges.count
    if known == nil { ranges += chosen }
    return CompiledOperation(kind: kind, firstRange: UInt8(first), rangeCount: UInt8(chosen.count))
  }

  func operationCount(_ task: Int) -> Int { firstOperation[task + 1] - firstOperation[task] }
}

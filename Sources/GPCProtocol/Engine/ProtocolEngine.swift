// The engine: takes one step of one task. One for all forms; a form is the rules it is given.

import KVMEvents

package final class ProtocolEngine: Sendable {
  package let rules: ProtocolRules
  package let setup: ProtocolSetup
  package let taskCount: Int
  package let cacheCount: Int
  let operations: [CompiledOperation]
  /// What each of `operations` asks a refresh for; nil where it does not refresh.
  let requests: [RefreshRequest?]
  let ranges: [CompiledOperation.Range]
  /// Where each task's operations begin among `operations`; one more than there are tasks.
  let firstOperation: [Int]
  let repeats: [Bool]

  package init(rules: ProtocolRules, setup: ProtocolSetup) {
    precondition(setup.programs.count <= ProtocolState.tasksMax && setup.caches.count <= ProtocolState.cachesMax)
    var operations: [CompiledOperation] = []
    var ranges: [CompiledOperation.Range] = []
    var firstOperation: [Int] = [0]
    for program in setup.programs {
      operations += program.operations.map { Self.compile($0, rules, setup, &ranges) }
      firstOperation.append(operations.count)
    }
    self.rules = rules
    self.setup = setup
    self.operations = operations
    requests = setup.programs.flatMap(\.operations).map(\.request)
    self.ranges = ranges
    self.firstOperation = firstOperation
    repeats = setup.programs.map(\.repeats)
    taskCount = setup.programs.count
    cacheCount = setup.caches.count
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
          freesPages: chosen.freesPages)
      }
      // A recording repeats a few ranges many times: each run of choices once.
      let known = ranges.indices.first { ranges[$0...].starts(with: compiled) }
      let first = known ?? ranges.count
      if known == nil { ranges += compiled }
      return CompiledOperation(kind: .invalidate, firstRange: UInt8(first), rangeCount: UInt8(chosen.count))
    case .refresh(let cache, _, let mayFail):
      return CompiledOperation(kind: .refresh, cacheIndex: UInt8(cache), lookUpMayFail: mayFail)
    case .check(let cache): return CompiledOperation(kind: .check, cacheIndex: UInt8(cache))
    case .use(let cache, _): return CompiledOperation(kind: .use, cacheIndex: UInt8(cache))
    case .deactivate(let cache): return CompiledOperation(kind: .deactivate, cacheIndex: UInt8(cache))
    case .activate(let cache, _): return CompiledOperation(kind: .activate, cacheIndex: UInt8(cache))
    }
  }

  package func operationCount(_ task: Int) -> Int { firstOperation[task + 1] - firstOperation[task] }

  /// The state before the first step.
  package func initialState() -> ProtocolState {
    var state = ProtocolState()
    for (index, cache) in setup.caches.enumerated() { state.caches[index] = initialCache(cache, state) }
    if let range = setup.range, rules.range != .none {
      state.kvm.rangeStart = range.start
      state.kvm.rangeEnd = range.end
    }
    for task in 0..<taskCount { beginOperation(task, &state) }
    return state
  }

  private func initialCache(_ setup: ProtocolSetup.Cache, _ state: ProtocolState) -> SharedCache {
    var cache = SharedCache()
    guard setup.warmth != .inactive else { return cache }
    cache.isListed = true
    cache.fields.active = true
    cache.fields.uhva = .page(setup.page)
    if setup.isGPABased { cache.fields.gpa = .page(setup.page) }
    switch setup.warmth {
    case .inactive, .cold: break
    case .warm:
      cache.fields.retryLoopTop(rules)
      cache.fields.valid = true
      cache.fields.pfn = state.currentPFN(at: .page(setup.page))
      cache.fields.hasKHVA = true
    case .carried(let carried): carry(carried, setup.page, state, &cache)
    }
    return cache
  }

  private func carry(_ carried: CarriedCache, _ page: Int, _ state: ProtocolState, _ cache: inout SharedCache) {
    cache.isListed = carried.isActive
    cache.fields.active = carried.isActive
    cache.fields.valid = carried.valid
    cache.fields.needsInvalidation = rules.hasNeedsInvalidation && carried.needsInvalidation ?? carried.valid
    cache.fields.hasKHVA = carried.hasKHVA
    switch carried.page {
    case .none: break
    case .current: cache.fields.pfn = state.currentPFN(at: .page(page))
    case .freed: cache.fields.pfn = .freed
    }
  }
}

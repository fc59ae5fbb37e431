// The ways to make a scenario smaller by one thing, the biggest things first.

import GPCProtocol
import KVMEvents

extension Scenario {
  /// Threads, then caches, then operations (invalidation pairs, refreshes), then what an operation consists of, then
  /// ranges.
  func smaller() -> ArraySlice<Scenario> {
    (withoutATask() + withoutACache() + withoutAnOperation() + withSmallerOperations() + withoutRepetition())[...]
  }

  private func changed(_ change: (inout Scenario) -> Void) -> Scenario {
    var scenario = self
    change(&scenario)
    return scenario
  }

  private func withoutATask() -> [Scenario] {
    guard setup.programs.count > 1 else { return [] }
    return setup.programs.indices.map { task in
      changed {
        $0.setup.programs.remove(at: task)
        $0.bounds?.removeTask(task)
      }
    }
  }

  private func withoutACache() -> [Scenario] {
    guard setup.caches.count > 1 else { return [] }
    return setup.caches.indices.compactMap { cache in
      let isUsed = setup.programs.contains { $0.operations.contains { $0.cache == cache } }
      guard !isUsed else { return nil }
      return changed {
        $0.setup.caches.remove(at: cache)
        for task in $0.setup.programs.indices {
          $0.setup.programs[task].operations = $0.setup.programs[task].operations.map { $0.renumbered(without: cache) }
        }
      }
    }
  }

  private func withoutAnOperation() -> [Scenario] {
    setup.programs.indices.filter { setup.programs[$0].operations.count > 1 }.flatMap { task in
      setup.programs[task].operations.indices.map { index in
        changed {
          $0.setup.programs[task].operations.remove(at: index)
          $0.bounds?.removeOperation(index, of: task)
        }
      }
    }
  }

  private func withSmallerOperations() -> [Scenario] {
    setup.programs.indices.flatMap { task in
      setup.programs[task].operations.indices.flatMap { index in
        setup.programs[task].operations[index].smaller().map { operation in
          changed { $0.setup.programs[task].operations[index] = operation }
        }
      }
    }
  }

  private func withoutRepetition() -> [Scenario] {
    setup.programs.indices.filter { setup.programs[$0].repeats }.map { task in
      changed { $0.setup.programs[task].repeats = false }
    }
  }
}

extension TaskOperation {
  /// The cache it is about; nil for an invalidation.
  var cache: Int? {
    switch self {
    case .invalidate, .punchHole: nil
    case .refresh(let cache, _, _), .check(let cache), .use(let cache, _), .deactivate(let cache),
      .activate(let cache, _, _), .runGuest(let cache, _, _):
      cache
    }
  }

  func renumbered(without gone: Int) -> TaskOperation {
    func moved(_ cache: Int) -> Int { cache > gone ? cache - 1 : cache }
    switch self {
    case .invalidate, .punchHole: return self
    case .refresh(let cache, let request, let mayFail):
      return .refresh(cache: moved(cache), request, lookUpMayFail: mayFail)
    case .check(let cache): return .check(cache: moved(cache))
    case .use(let cache, let request): return .use(cache: moved(cache), request)
    case .deactivate(let cache): return .deactivate(cache: moved(cache))
    case .activate(let cache, let request, let mayFail):
      return .activate(cache: moved(cache), request, lookUpMayFail: mayFail)
    case .runGuest(let cache, let request, let handlesEvents):
      return .runGuest(cache: moved(cache), request, handlesEvents: handlesEvents)
    }
  }

  /// Less of the same: one range of several, a page less of a range, half of the check-and-refresh idiom, no failing
  /// lookup.
  func smaller() -> [TaskOperation] {
    switch self {
    case .invalidate(let ranges):
      guard ranges.count == 1 else { return ranges.map { .invalidate([$0]) } }
      return ranges[0].smaller().map { .invalidate([$0]) }
    case .punchHole(let range): return InvalidatedRange(range).smaller().map { .punchHole($0.range) }
    case .use(let cache, let request):
      return [.check(cache: cache), .refresh(cache: cache, request, lookUpMayFail: false)]
    case .refresh(let cache, let request, let mayFail):
      return mayFail ? [.refresh(cache: cache, request, lookUpMayFail: false)] : []
    case .runGuest(let cache, let request, let handlesEvents):
      let without = TaskOperation.runGuest(cache: cache, request, handlesEvents: false)
      return (handlesEvents ? [without] : []) + [.use(cache: cache, request)]
    case .activate(let cache, let request, let mayFail): return mayFail ? [.activate(cache: cache, request)] : []
    case .check, .deactivate: return []
    }
  }
}

extension InvalidatedRange {
  /// Without its last page, without its first one; not empty.
  fileprivate func smaller() -> [InvalidatedRange] {
    let (start, end) = (range.start.rawValue, range.end.rawValue)
    guard end - start > pageSize else { return [] }
    return [(start, end - pageSize), (start + pageSize, end)].map { start, end in
      InvalidatedRange(
        HVARange(start: UHVA(rawValue: start), end: UHVA(rawValue: end)), hitsMemslot: hitsMemslot,
        freesPages: freesPages, mayBlock: mayBlock)
    }
  }
}

// The ways to make a setup smaller by one thing, the biggest things first.

import GPCProtocol
import KVMEvents

extension ProtocolSetup {
  /// Threads, then caches, then operations (invalidation pairs, refreshes), then what an operation consists of, then ranges.
  func smaller() -> ArraySlice<ProtocolSetup> {
    (withoutATask() + withoutACache() + withoutAnOperation() + withSmallerOperations() + withoutRepetition())[...]
  }

  private func withoutATask() -> [ProtocolSetup] {
    guard programs.count > 1 else { return [] }
    return programs.indices.map { task in
      var setup = self
      setup.programs.remove(at: task)
      return setup
    }
  }

  private func withoutACache() -> [ProtocolSetup] {
    guard caches.count > 1 else { return [] }
    return caches.indices.compactMap { cache in
      let isUsed = programs.contains { $0.operations.contains { $0.cache == cache } }
      guard !isUsed else { return nil }
      var setup = self
      setup.caches.remove(at: cache)
      setup.programs = programs.map { program in
        var program = program
        program.operations = program.operations.map { $0.renumbered(without: cache) }
        return program
      }
      return setup
    }
  }

  private func withoutAnOperation() -> [ProtocolSetup] {
    programs.indices.filter { programs[$0].operations.count > 1 }.flatMap { task in
      programs[task].operations.indices.map { index in
        var setup = self
        setup.programs[task].operations.remove(at: index)
        return setup
      }
    }
  }

  private func withSmallerOperations() -> [ProtocolSetup] {
    programs.indices.flatMap { task in
      programs[task].operations.indices.flatMap { index in
        programs[task].operations[index].smaller().map { operation in
          var setup = self
          setup.programs[task].operations[index] = operation
          return setup
        }
      }
    }
  }

  private func withoutRepetition() -> [ProtocolSetup] {
    programs.indices.filter { programs[$0].repeats }.map { task in
      var setup = self
      setup.programs[task].repeats = false
      return setup
    }
  }
}

extension TaskOperation {
  /// The cache it is about; nil for an invalidation.
  var cache: Int? {
    switch self {
    case .invalidate: nil
    case .refresh(let cache, _, _), .check(let cache), .use(let cache, _), .deactivate(let cache),
      .activate(let cache, _):
      cache
    }
  }

  func renumbered(without gone: Int) -> TaskOperation {
    func moved(_ cache: Int) -> Int { cache > gone ? cache - 1 : cache }
    switch self {
    case .invalidate: return self
    case .refresh(let cache, let request, let mayFail):
      return .refresh(cache: moved(cache), request, lookUpMayFail: mayFail)
    case .check(let cache): return .check(cache: moved(cache))
    case .use(let cache, let request): return .use(cache: moved(cache), request)
    case .deactivate(let cache): return .deactivate(cache: moved(cache))
    case .activate(let cache, let request): return .activate(cache: moved(cache), request)
    }
  }

  /// Less of the same: one range of several, a page less of a range, half of the check-and-refresh idiom, no failing lookup.
  func smaller() -> [TaskOperation] {
    switch self {
    case .invalidate(let ranges):
      guard ranges.count == 1 else { return ranges.map { .invalidate([$0]) } }
      return ranges[0].smaller().map { .invalidate([$0]) }
    case .use(let cache, let request):
      return [.check(cache: cache), .refresh(cache: cache, request, lookUpMayFail: false)]
    case .refresh(let cache, let request, let mayFail):
      return mayFail ? [.refresh(cache: cache, request, lookUpMayFail: false)] : []
    case .check, .deactivate, .activate: return []
    }
  }
}

extension HVARange {
  /// Without its last page, without its first one; not empty.
  fileprivate func smaller() -> [HVARange] {
    guard end.rawValue - start.rawValue > pageSize else { return [] }
    return [
      HVARange(start: start, end: UHVA(rawValue: end.rawValue - pageSize)),
      HVARange(start: UHVA(rawValue: start.rawValue + pageSize), end: end),
    ]
  }
}

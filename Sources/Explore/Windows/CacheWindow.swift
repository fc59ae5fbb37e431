// What one cache has to do with in a window: the operations on it, and the invalidations that it can meet.

import KVMEvents

/// A window as one cache sees it.
///
/// The caches of a VM are searched one by one. Nothing is lost by that: operations on another cache write nothing of this one and no
/// field of the kvm; they only hold `gpc_lock` or their own locks for a while, so every order of all of them, with theirs left out, is an
/// order of this cache's, and a cycle of locks never needs two caches (a walk holds the lock of one at a time).
struct CacheWindow {
  /// One model task each, in program order.
  private(set) var programs: [[RecordedOperation]] = []
  /// By task: the task whose lookup causes its invalidations.
  private(set) var hosts: [Int?] = []

  let order: WindowOrder
  let refreshesKeepTime: Bool

  /// - Parameter pages: those the cache maps, or may come to map, in the window.
  init(_ window: RecordedWindow, cache: Int32, pages: [UHVA], order: WindowOrder, refreshesKeepTime: Bool) {
    self.order = order
    self.refreshesKeepTime = refreshesKeepTime
    let own = window.operations.filter { $0.cache == cache && Self.matters($0) }
    let refreshes = own.filter(\.isRefresh)
    let met = window.operations.filter { operation in
      guard case .invalidate(let invalidation) = operation.kind else { return false }
      return pages.contains { invalidation.range.contains($0.page) } || self.canMeet(operation, refreshes)
    }
    let all = (own + met).sorted { $0.begin.id < $1.begin.id }
    divide(all, refreshes)
    mergeChecks()
  }

  /// A check that says no for another reason than `valid` says so in every order.
  private static func matters(_ operation: RecordedOperation) -> Bool {
    switch operation.kind {
    case .check(let check): check.othersHold != false
    case .refresh, .deactivate, .invalidate: true
    }
  }

  /// An invalidation elsewhere is seen by a refresh's waits and tests only.
  private func canMeet(_ invalidation: RecordedOperation, _ refreshes: [RecordedOperation]) -> Bool {
    refreshes.contains { refresh in
      !order.surely(invalidation.end, before: refresh.begin)
        && !(refreshesKeepTime && order.surely(refresh.end, before: invalidation.begin))
    }
  }

  // MARK: Tasks

  /// What runs on top of a thread is a task of its own.
  private struct Context: Hashable {
    let thread: Int32
    let isCheck: Bool
    let isNested: Bool
  }

  private mutating func divide(_ operations: [RecordedOperation], _ refreshes: [RecordedOperation]) {
    var taskOf: [Context: Int] = [:]
    for operation in operations {
      let context = Context(
        thread: operation.begin.thread, isCheck: operation.isNested && operation.isCheck, isNested: operation.isNested)
      if let task = taskOf[context] {
        programs[task].append(operation)
      } else {
        taskOf[context] = programs.count
        programs.append([operation])
      }
    }
    hosts = programs.map { program in
      guard let first = program.first, first.isNested, !first.isCheck else { return nil }
      // Only where the host is a refresh of this cache.
      let isHosted = program.allSatisfy { nested in
        refreshes.contains {
          $0.begin.thread == nested.begin.thread && $0.begin.id < nested.begin.id && nested.end.id < $0.end.id
        }
      }
      let thread = Context(thread: first.begin.thread, isCheck: false, isNested: false)
      return isHosted ? taskOf[thread] : nil
    }
  }

  /// Checks one after the other between which nobody else's moment lies see the same: one that lasts as long as all of them.
  private mutating func mergeChecks() {
    let moments = programs.map { $0.flatMap { $0.span.moments } }
    programs = programs.indices.map { task in
      let others = moments.indices.filter { $0 != task }.flatMap { moments[$0] }.map(\.id).sorted()
      return programs[task].reduce(into: [RecordedOperation]()) { merged, operation in
        guard let last = merged.last, last.isCheck, operation.isCheck,
          !Self.contains(others, between: last.begin.id, and: operation.end.id)
        else {
          merged.append(operation)
          return
        }
        merged[merged.count - 1] = last.lasting(to: operation.end)
      }
    }
  }

  private static func contains(_ ids: [EventID], between low: EventID, and high: EventID) -> Bool {
    var first = 0
    var last = ids.count
    while first < last {
      let middle = (first + last) / 2
      if ids[middle] < low { first = middle + 1 } else { last = middle }
    }
    return first < ids.count && ids[first] < high
  }

  /// Brings what does not overlap in recorded time into one task where there are more tasks than the model has. Refreshing tasks may be
  /// late, and stay alone.
  mutating func pack(into count: Int) {
    guard programs.count > count else { return }
    let isAlone = programs.indices.map { task in
      hosts[task] != nil || hosts.contains(task) || programs[task].contains(where: \.isRefresh)
    }
    var kept: [(program: [RecordedOperation], host: Int?)] = []
    var newIndex: [Int: Int] = [:]
    for task in programs.indices where isAlone[task] {
      newIndex[task] = kept.count
      kept.append((programs[task], hosts[task]))
    }
    var lanes: [[RecordedOperation]] = []
    let rest = programs.indices.filter { !isAlone[$0] }.flatMap { programs[$0] }.sorted { $0.begin.id < $1.begin.id }
    for operation in rest {
      let lane = lanes.firstIndex { lane in
        lane.last.map { order.surely($0.end, before: operation.begin) } ?? true
      }
      if let lane { lanes[lane].append(operation) } else { lanes.append([operation]) }
    }
    programs = kept.map(\.program) + lanes
    hosts = kept.map { $0.host.flatMap { newIndex[$0] } } + lanes.map { _ in nil }
  }
}

extension RecordedOperation {
  var isRefresh: Bool {
    switch kind {
    case .refresh: true
    case .invalidate, .check, .deactivate: false
    }
  }

  var isCheck: Bool {
    switch kind {
    case .check: true
    case .invalidate, .refresh, .deactivate: false
    }
  }

  var span: OperationSpan {
    guard case .invalidate(let invalidation) = kind, let startRet = invalidation.startRet,
      let endEntry = invalidation.endEntry
    else { return OperationSpan(begin: begin, end: end) }
    return OperationSpan(begin: begin, hooks: OperationSpan.Hooks(startRet: startRet, endEntry: endEntry), end: end)
  }

  fileprivate func lasting(to end: Moment) -> RecordedOperation {
    RecordedOperation(kind: kind, cache: cache, task: task, isNested: isNested, begin: begin, end: end)
  }
}

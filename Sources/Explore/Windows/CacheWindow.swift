// What one cache has to do with in a window: the operations on it, and the invalidations that it can meet.

import Forms
import GPCProtocol
import KVMEvents
import Results

/// A window as one cache sees it.
///
/// The caches of a VM are searched one by one. Nothing is lost by that: operations on another cache write nothing of
/// this one and no field of the kvm; they only hold `gpc_lock` or their own locks for a while, so every order of all of
/// them, with theirs left out, is an order of this cache's, and a cycle of locks never needs two caches (a walk holds
/// the lock of one at a time). What is left of them is that a refresh of any cache may make its thread late.
struct CacheWindow {
  /// One model task each, in program order.
  private(set) var programs: [[RecordedOperation]] = []
  /// By task: the task whose lookup causes its invalidations.
  private(set) var hosts: [Int?] = []

  let order: WindowOrder
  private let operations: WindowOperations
  var refreshesKeepTime: Bool { operations.refreshesKeepTime }

  /// - Parameter pages: those the cache maps, or may come to map, in the window.
  init(_ operations: WindowOperations, cache: Int32, pages: [UHVA], order: WindowOrder, form: ProtocolForm) {
    self.order = order
    self.operations = operations
    let own = operations.own(cache).filter(Self.matters)
    let refreshes = own.filter(\.isRefresh)
    let met = met(by: refreshes, pages, keepsRange: form.rules.range != .none)
    let all = (own + met).sorted { $0.begin.id < $1.begin.id }
    divide(all, refreshes)
    mergeChecks()
  }

  /// A check that says no for another reason than `valid` says so in every order.
  static func matters(_ operation: RecordedOperation) -> Bool {
    switch operation.kind {
    case .check(let check): check.othersHold != false
    case .refresh, .deactivate, .invalidate: true
    }
  }

  /// Does it come after a refresh that may be late, on the same thread, or inside one? An interrupt does not wait.
  func isBehindRefresh(_ operation: RecordedOperation) -> Bool {
    guard !refreshesKeepTime, let first = operations.firstRefresh[operation.begin.thread] else { return false }
    return first < operation.begin.id && !(operation.isNested && operation.isCheck)
  }

  // MARK: Invalidations

  /// Those of the cache's pages, and those elsewhere that a refresh can meet.
  private func met(by refreshes: [RecordedOperation], _ pages: [UHVA], keepsRange: Bool) -> [RecordedOperation] {
    var met: [RecordedOperation] = []
    var over: [RecordedOperation] = []
    for invalidation in operations.invalidations {
      if canMeet(invalidation, refreshes) { met.append(invalidation) } else { over.append(invalidation) }
    }
    let own = over.filter { invalidation in pages.contains { invalidation.covers($0) } }
    guard keepsRange, !met.isEmpty else { return own + met }
    let widening = widening(over, met)
    let ranges = (widening + met).compactMap(\.range)
    let widest = ranges.dropFirst().reduce(ranges[0]) { $0.hull($1) }
    // Where not even all of them reach from one side of a page to the other, they may as well not have been.
    guard pages.contains(where: { widest.contains($0.page) }) else { return own + met }
    return own.filter { invalidation in !widening.contains { $0.begin.id == invalidation.begin.id } } + widening + met
  }

  /// The range only grows until the count is 0: those of `over` that may have widened it for one that a refresh meets.
  /// From the one to the other each overlaps the next, so that the count need not have been 0 in between.
  private func widening(_ over: [RecordedOperation], _ met: [RecordedOperation]) -> [RecordedOperation] {
    var widening: [RecordedOperation] = []
    var rest = over
    var next = met
    while let later = next.popLast(), !rest.isEmpty {
      let isApart = rest.partition { order.surely($0.end, before: later.begin) }
      widening += rest[..<isApart]
      next += rest[..<isApart]
      rest.removeSubrange(..<isApart)
    }
    return widening
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

  /// Consecutive checks with no moment of another task between them see the same: one that lasts as long as all of
  /// them.
  private mutating func mergeChecks() {
    let moments = programs.map { $0.flatMap { $0.span(isBehindRefresh: false).lows } }
    programs = programs.indices.map { task in
      let others = moments.indices.filter { $0 != task }.flatMap { moments[$0] }.map(\.id).sorted()
      return programs[task].reduce(into: [RecordedOperation]()) { merged, operation in
        guard let last = merged.last, last.isCheck, operation.isCheck,
          isBehindRefresh(last) == isBehindRefresh(operation),
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

  /// Brings what does not overlap in recorded time into one task where there are more tasks than the model has. What
  /// follows a refresh that may be late would be late with it: nothing is put after one.
  mutating func pack(into count: Int) {
    guard programs.count > count else { return }
    let isAlone = programs.indices.map { hosts[$0] != nil || hosts.contains($0) }
    let kept = programs.indices.filter { isAlone[$0] }
    let newIndex = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    var lanes: [[RecordedOperation]] = []
    for piece in pieces(of: programs.indices.filter { !isAlone[$0] }.map { programs[$0] }) {
      if let lane = lanes.firstIndex(where: { isFree($0, for: piece) }) {
        lanes[lane] += piece
      } else {
        lanes.append(piece)
      }
    }
    hosts = kept.map { hosts[$0].flatMap { newIndex[$0] } } + lanes.map { _ in nil }
    programs = kept.map { programs[$0] } + lanes
  }

  /// Single operations by their begins; a task from its first refresh on stays together where that may be late.
  private func pieces(of programs: [[RecordedOperation]]) -> [[RecordedOperation]] {
    programs.flatMap { program -> [[RecordedOperation]] in
      let late = refreshesKeepTime ? program.endIndex : program.firstIndex(where: mayBeLate) ?? program.endIndex
      let rest = Array(program[late...])
      return program[..<late].map { [$0] } + (rest.isEmpty ? [] : [rest])
    }.sorted { $0[0].begin.id < $1[0].begin.id }
  }

  private func isFree(_ lane: [RecordedOperation], for piece: [RecordedOperation]) -> Bool {
    guard let last = lane.last, let next = piece.first else { return true }
    return order.surely(last.end, before: next.begin) && (refreshesKeepTime || !lane.contains(where: mayBeLate))
  }

  private func mayBeLate(_ operation: RecordedOperation) -> Bool { operation.isRefresh || isBehindRefresh(operation) }

  /// Leaves out what begins after a task has begun its last operation that the model can number. True: something was.
  mutating func cut(toOperations countMax: Int) -> Bool {
    let ends = programs.compactMap { $0.count > countMax ? $0[countMax].begin.id : nil }
    guard let end = ends.min() else { return false }
    programs = programs.map { $0.filter { $0.begin.id < end } }
    for task in programs.indices.reversed() where programs[task].isEmpty {
      programs.remove(at: task)
      hosts.remove(at: task)
      hosts = hosts.map { host in host.flatMap { $0 == task ? nil : $0 > task ? $0 - 1 : $0 } }
    }
    return true
  }
}

extension RecordedOperation {
  var isRefresh: Bool {
    switch kind {
    case .refresh: true
    case .invalidate, .check, .deactivate: false
    }
  }

  /// Of an invalidation.
  var range: HVARange? {
    switch kind {
    case .invalidate(let invalidation): invalidation.range
    case .refresh, .check, .deactivate: nil
    }
  }

  fileprivate func covers(_ page: UHVA) -> Bool { range?.contains(page.page) ?? false }

  /// A refresh is entered when the recorded kernel lets it have `refresh_lock`. Under another form it may have that, or
  /// not need it, as soon as it is asked for.
  var fromItsRequest: RecordedOperation {
    guard case .refresh(let refresh) = kind, let request = refresh.request else { return self }
    return RecordedOperation(kind: kind, cache: cache, task: task, isNested: isNested, begin: request, end: end)
  }

  var isCheck: Bool {
    switch kind {
    case .check: true
    case .invalidate, .refresh, .deactivate: false
    }
  }

  func span(isBehindRefresh: Bool) -> OperationSpan {
    guard case .invalidate(let invalidation) = kind, let startRet = invalidation.startRet,
      let endEntry = invalidation.endEntry
    else { return OperationSpan(begin: begin, end: end, isBehindRefresh: isBehindRefresh) }
    let hooks = OperationSpan.Hooks(countUp: invalidation.startWalk, startRet: startRet, endEntry: endEntry)
    return OperationSpan(begin: begin, hooks: hooks, end: end, isBehindRefresh: isBehindRefresh)
  }

  fileprivate func lasting(to end: Moment) -> RecordedOperation {
    RecordedOperation(kind: kind, cache: cache, task: task, isNested: isNested, begin: begin, end: end)
  }
}

// Which steps the recorded times admit: no task enters a phase before what was surely over by then is over.

import GPCProtocol
import KVMEvents

/// The recorded times of a scenario, as counts: a task's moments are numbered in program order, and a phase may begin
/// when every other task has passed as many moments as are surely before the phase's begin. An order of steps that
/// meets this for every pair of moments has an assignment of times within the recorded intervals, and the other way
/// round (the steps' intervals are an interval order).
struct Timing: Hashable, Sendable {
  /// By task and operation: the number of its first moment.
  private let firstMoment: [[Int32]]
  /// By task: how many moments it has.
  private let momentCount: [Int32]
  /// By task and moment: how many moments each other task must have passed. A row of `taskCount` each.
  private let needs: [[Int32]]
  private let hosts: [Int?]
  private let taskCount: Int
  /// By step code.
  private let traits: [StepTraits]
  /// The first step of an invalidation.
  private let start: TaskStep

  init(_ bounds: RecordedBounds, _ engine: ProtocolEngine) {
    taskCount = engine.taskCount
    hosts = bounds.hosts
    traits = engine.program.traits
    start = engine.program.firstOfInvalidation
    let lows = bounds.spans.map { $0.flatMap(\.lows) }
    let highs = bounds.spans.map { $0.flatMap(\.highs) }
    momentCount = lows.map { Int32($0.count) }
    firstMoment = bounds.spans.map { spans in
      var next: Int32 = 0
      return spans.map { span in
        defer { next += Int32(span.lows.count) }
        return next
      }
    }
    let kept = bounds.spans.indices.map { task in
      bounds.refreshesKeepTime
        ? highs[task].count
        : Self.momentsOnTime(bounds.spans[task], engine.setup.programs[task].operations)
    }
    needs = lows.indices.map { task in
      lows[task].flatMap { moment in
        highs.indices.map { other in
          guard other != task else { return 0 }
          let before = highs[other].prefix(kept[other]).lastIndex { bounds.order.surely($0, before: moment) }
          return Int32(before.map { $0 + 1 } ?? 0)
        }
      }
    }
  }

  /// Moments up to the return of the first refresh, or to what a refresh of another cache comes before: from there on a
  /// task may be late.
  private static func momentsOnTime(_ spans: [OperationSpan], _ operations: [TaskOperation]) -> Int {
    var count = 0
    for (span, operation) in zip(spans, operations) {
      if span.isBehindRefresh { return count }
      if operation.refreshes { return count + 1 }
      count += span.lows.count
    }
    return count
  }

  /// How many moments a task has passed: everything before them is done.
  private func passed(_ task: Int, _ place: TaskPlaces.Place) -> Int32 {
    if place.step == .finished { return momentCount[task] }
    return firstMoment[task][Int(place.operation)] + 1 + Int32(traits[Int(place.step.code)].phase)
  }

  /// Do the recorded times let `task` take its next step?
  func admits(_ task: Int, _ places: TaskPlaces) -> Bool {
    let row = Int(passed(task, places[task]) - 1) * taskCount
    for other in 0..<taskCount {
      let need = needs[task][row + other]
      if need > 0 && need > passed(other, places[other]) { return false }
    }
    return admitsNesting(task, places)
  }

  private func looksUp(_ place: TaskPlaces.Place) -> Bool { traits[Int(place.step.code)].has(.looksUp) }

  /// A lookup's own invalidation runs while its host looks up, and the host goes on when it is over.
  private func admitsNesting(_ task: Int, _ places: TaskPlaces) -> Bool {
    if let host = hosts[task], places[task].step == start { return looksUp(places[host]) }
    guard looksUp(places[task]) else { return true }
    for other in 0..<taskCount where hosts[other] == task {
      let step = places[other].step
      if step != start && step != .finished { return false }
    }
    return true
  }

  /// May `task` be left there when all is over? Done, or a lookup's own invalidation that no lookup caused this time.
  func isOver(_ task: Int, _ place: TaskPlaces.Place) -> Bool {
    place.step == .finished || (hosts[task] != nil && place.step == start)
  }

  /// The same as `admits`, asked of a whole state.
  func admits(_ task: Int, _ state: borrowing ProtocolState) -> Bool { admits(task, places(state)) }

  private func places(_ state: borrowing ProtocolState) -> TaskPlaces {
    var places = TaskPlaces()
    for other in 0..<taskCount {
      places.set(other, step: state.tasks[other].step, operation: Int(state.tasks[other].operation))
    }
    return places
  }

  /// `invalidation` has taken its start hook's last step and not its end hook's first one. Can that have returned, and
  /// this not have been called, while `task` is where it is?
  func mayBeBetweenHooks(_ invalidation: Int, at task: Int, _ state: borrowing ProtocolState) -> Bool {
    let places = places(state)
    guard !traits[Int(places[invalidation].step.code)].has(.freesPages) else { return admits(invalidation, places) }
    let row = Int(passed(task, places[task]) - 1) * taskCount
    return needs[task][row + invalidation] < passed(invalidation, places[invalidation])
  }
}

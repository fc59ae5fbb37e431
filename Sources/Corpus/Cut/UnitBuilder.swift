// A recording's events as units, in one pass: the lines of each operation, and the units it needs.

import KVMEvents
import Operations
import Results

/// Takes any number of events in replay order; keeps only the line of each. `OperationTracker` determines the
/// operations; only calls that are not operations are paired here, by their names.
package struct UnitBuilder {
  private var operations: OperationTracker
  private var units: [CutUnit] = []
  private var losses: [EventID] = []
  /// By the operation's first event. Rounds separately: a refresh without a recorded begin begins with a round.
  private var unitOf: [EventID: Int] = [:]
  private var roundOf: [EventID: Int] = [:]
  private var activationOf: [CacheNumber: Int] = [:]
  /// A round that turned out to be its refresh's last one is part of it.
  private var mergedInto: [Int: Int] = [:]
  private var calls: NamedCalls

  /// - Parameters:
  ///   - names: the recording's event names, by `EventNameID`.
  ///   - order: of its clocks, as it is replayed.
  package init(names: [EventName], order: MomentOrder) {
    operations = OperationTracker(order: order)
    calls = NamedCalls(names)
  }

  package mutating func consume(_ events: [RecordedEvent]) {
    for event in events {
      for next in operations.admit(event) { take(next) }
    }
  }

  private mutating func take(_ event: RecordedEvent) {
    operations.settleCounts(before: event.time.rawValue)
    operations.take(event)
    if event.kind == .lostEvents {
      losses.append(event.id)
      calls.giveUp()
    } else if let kind = operations.place.kind {
      append(event, kind, operations.place)
    } else {
      appendToCall(event, operations.place.thread)
    }
    endRounds()
    operations.forgetSteps(now: event.time.rawValue)
  }

  // MARK: Operations

  private mutating func append(_ event: RecordedEvent, _ kind: OperationPlace.Kind, _ place: OperationPlace) {
    let unit = kind == .round ? round(place) : operation(kind, place.begin, place)
    units[unit].lines.append(event.id)
    if place.isWhole { units[unit].isWhole = true }
    guard let cache = place.cache else { return }
    needMemslots(kind == .round ? units[unit].needs[0] : unit, event, of: cache)
    if kind == .deactivation && place.isWhole { activationOf[cache] = nil }
  }

  /// The unit of the operation that begins with this event; created with its first event.
  private mutating func operation(_ kind: OperationPlace.Kind, _ begin: EventID, _ place: OperationPlace) -> Int {
    if let known = unitOf[begin] { return known }
    let unit = add(kind, place, needs: needs(kind, place))
    unitOf[begin] = unit
    if kind == .activation, let cache = place.cache { activationOf[cache] = unit }
    return unit
  }

  private mutating func round(_ place: OperationPlace) -> Int {
    if let known = roundOf[place.begin] { return known }
    let unit = add(.round, place, needs: [operation(.refresh, place.host ?? place.begin, place)])
    roundOf[place.begin] = unit
    return unit
  }

  private mutating func add(_ kind: OperationPlace.Kind, _ place: OperationPlace, needs: [Int]) -> Int {
    var unit = CutUnit(CutUnit.Kind(kind), thread: place.thread)
    (unit.cache, unit.vm, unit.needs) = (place.cache, place.vm, needs)
    units.append(unit)
    return units.count - 1
  }

  /// A round belongs to its refresh as the last one, unless it was repeated: such a round can be removed without
  /// changing the refresh.
  private mutating func endRounds() {
    for case .roundEnded(_, let slot, let outcome, _, _) in operations.steps {
      guard let unit = operations.rounds[slot].firstEvent.flatMap({ roundOf.removeValue(forKey: $0) }) else { continue }
      if outcome == .retried {
        units[unit].isWhole = !operations.rounds[slot].isTorn
        continue
      }
      let refresh = units[unit].needs[0]
      units[refresh].lines += units[unit].lines
      mergedInto[unit] = refresh
    }
  }

  // MARK: What a unit needs

  private func needs(_ kind: OperationPlace.Kind, _ place: OperationPlace) -> [Int] {
    let initialisation = place.cache.flatMap { unitOf[operations.caches[$0].firstEvent] }.flatMap {
      units[$0].kind == .initialisation ? $0 : nil
    }
    let needs: [Int?] =
      switch kind {
      case .activation: [initialisation]
      case .refresh, .check, .deactivation: [initialisation, place.cache.flatMap { activationOf[$0] }]
      // The lookup around it faulted and caused it.
      case .invalidation: [place.host.flatMap { roundOf[$0] ?? unitOf[$0] }]
      case .initialisation, .round, .memslot: []
      }
    return needs.compactMap { $0 }
  }

  /// The memslots of the pages that an operation on a cache concerns.
  private mutating func needMemslots(_ unit: Int, _ event: RecordedEvent, of cache: CacheNumber) {
    guard event.gpa != .invalid, let vm = operations.caches[cache].vm else { return }
    for uhva in [event.uhva, event.oldUhva] {
      guard let uhva, !uhva.isError, let slot = vm.memslots.setEvent(of: uhva).flatMap({ unitOf[$0] }),
        !units[unit].needs.contains(slot)
      else { continue }
      units[unit].needs.append(slot)
    }
  }

  // MARK: Other calls

  private mutating func appendToCall(_ event: RecordedEvent, _ thread: ThreadNumber) {
    if let unit = calls.end(event, thread) {
      units[unit].lines.append(event.id)
      units[unit].isWhole = true
      return
    }
    var unit = CutUnit(event.kind == .hvaToPfn ? .lookup : .bystander, thread: thread)
    unit.lines = [event.id]
    unit.vm = event.kvm.flatMap { kvm in operations.vms.last { $0.kvm == kvm }?.id }
    unit.isWhole = !calls.begin(event, thread, units.count) && NamedCalls.standAlone.contains(event.kind)
    units.append(unit)
  }

  // MARK: The end

  /// The recording is over.
  package mutating func finish() -> CutUnits {
    operations.giveUpTie()
    for event in operations.takeHeld() { take(event) }
    operations.finishCalls()
    endRounds()
    let kept = units.indices.filter { mergedInto[$0] == nil }
    let place = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    let all = kept.map { index in
      var unit = units[index]
      unit.lines.sort()
      unit.vm = unit.vm ?? unit.cache.flatMap { operations.caches[$0].vm?.id }
      if unit.kind == .round && !units[units[index].needs[0]].isWhole { unit.isWhole = false }
      let needs = Set(unit.needs.map { mergedInto[$0] ?? $0 }.compactMap { place[$0] })
      unit.needs = needs.filter { $0 != place[index] }.sorted()
      return unit
    }
    return CutUnits(units: all, losses: losses)
  }
}

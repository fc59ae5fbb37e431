// A recording's events as units, in one pass. It knows which events belong together and nothing of what they mean.

import KVMEvents

/// Takes events in replay order, whatever their number; keeps of each only its line.
package struct UnitBuilder {
  var units: [CutUnit] = []
  private var losses: [EventID] = []
  /// By event name: the name of the return that it may have.
  private let returnOf: [EventNameID: EventNameID]
  private let entryNames: Set<EventNameID>
  private var threads: [Int64: ThreadUnits] = [:]
  private var caches = CacheUnits()
  var memslots = MemslotUnits()
  /// `kvm - mn`, one constant of a kernel.
  private var notifierOffset: UInt64?
  /// A round is known by its top; else by its lookup.
  private var hasLoopProbe = false
  /// A round that turned out to be its refresh's last one is part of it.
  private var mergedInto: [Int: Int] = [:]

  /// - Parameter names: the recording's event names, by `EventNameID`.
  package init(names: [EventName]) {
    let ids = Dictionary(names.enumerated().map { ($1.name, EventNameID($0)) }, uniquingKeysWith: { first, _ in first })
    returnOf = ids.reduce(into: [:]) { found, entry in found[entry.value] = ids[entry.key + "_ret"] }
    entryNames = Set(returnOf.keys)
  }

  package mutating func consume(_ events: [RecordedEvent]) {
    for event in events { consume(event) }
  }

  private mutating func consume(_ event: RecordedEvent) {
    guard event.kind != .lostEvents else {
      losses.append(event.id)
      return
    }
    let key = event.pid == 0 ? -1 - Int64(event.cpu) : Int64(event.pid)
    var thread = threads.removeValue(forKey: key) ?? ThreadUnits(key: key)
    take(event, &thread)
    threads[key] = thread
  }

  private mutating func take(_ event: RecordedEvent, _ thread: inout ThreadUnits) {
    switch event.kind {
    case .gpcInit:
      let unit = add(.initialisation, event, thread, isWhole: true)
      memslots.meetInitialisation(event)
      units[unit].cache = caches.begin(event, unit)
    case .gpcActivate, .gpcActivateHva: beginRequest(.activation, event, &thread)
    case .gpcRefresh: beginRequest(.refresh, event, &thread)
    case .lockedRefresh, .gfnToPfnCacheRefresh: beginRefresh(event, &thread)
    case .gpcRetryLoop: beginRound(event, &thread)
    case .hvaToPfn: lookUp(event, &thread)
    case .hvaToPfnRet: lookUpRet(event, &thread)
    case .gpcRetryCheck, .gpcRefreshDone: goOn(event, &thread)
    case .lockedRefreshRet, .gpcRefreshRet, .gpcActivateRet, .gpcActivateHvaRet: endRefresh(event, &thread)
    case .gpcUnmap: unmap(event, thread)
    case .gpcCheck: thread.checks.append(addOnCache(.check, event, thread))
    case .gpcCheckRet: end(thread.checks.popLast(), event, thread)
    case .gpcDeactivate: thread.deactivation = addOnCache(.deactivation, event, thread)
    case .gpcDeactivateRet:
      end(thread.deactivation, event, thread)
      caches.endActivation(of: thread.deactivation.flatMap { units[$0].cache })
      thread.deactivation = nil
    case .setMemoryRegion:
      let unit = add(.memslot, event, thread)
      thread.memslot = (unit, event)
    case .setMemoryRegionRet:
      end(thread.memslot?.unit, event, thread)
      if let (unit, change) = thread.memslot, event.ret == 0 { memslots.apply(change, unit) }
      thread.memslot = nil
    case .mnInvalidateRangeStart: beginInvalidation(event, &thread)
    case .kvmUnmapHvaRange, .gpcInvalidateStart, .mnInvalidateRange, .mnChangePte: walk(event, &thread)
    case .mnInvalidateRangeStartRet: startRet(event, &thread)
    case .mnInvalidateRangeEnd: endEntry(event, &thread)
    case .mnInvalidateEndKvm: endKvm(event, thread)
    case .mnInvalidateRangeEndRet: endRet(event, &thread)
    case .bystander: bystander(event, &thread)
    case .lostEvents: break
    }
  }

  // MARK: Units

  mutating func add(_ kind: CutUnit.Kind, _ event: RecordedEvent, _ thread: ThreadUnits, isWhole: Bool = false) -> Int {
    var unit = CutUnit(kind, event, thread: thread.key)
    unit.isWhole = isWhole
    units.append(unit)
    return units.count - 1
  }

  /// An operation on a cache: it needs the cache's initialisation and activation, and the memslot of its page.
  mutating func addOnCache(_ kind: CutUnit.Kind, _ event: RecordedEvent, _ thread: ThreadUnits) -> Int {
    let unit = add(kind, event, thread)
    guard let (cache, needs) = caches.find(event) else { return unit }
    units[unit].cache = cache
    units[unit].needs = kind == .activation ? [needs.initialisation].compactMap { $0 } : needs.all
    if kind == .activation { caches.activate(cache, unit) }
    needMemslot(unit, event)
    return unit
  }

  mutating func append(_ event: RecordedEvent, to unit: Int) {
    units[unit].lines.append(event.id)
    units[unit].vm = units[unit].vm ?? event.kvm?.rawValue
  }

  /// The last line of a unit; of one that began before the recording, the only one.
  mutating func end(_ unit: Int?, _ event: RecordedEvent, _ thread: ThreadUnits) {
    guard let unit else {
      _ = add(.bystander, event, thread)
      return
    }
    append(event, to: unit)
    units[unit].isWhole = true
  }

  mutating func needMemslot(_ unit: Int, _ event: RecordedEvent) {
    guard event.gpa != .invalid else { return }
    for uhva in [event.uhva, event.oldUhva] {
      guard let uhva, !uhva.isError, let slot = memslots.unit(of: units[unit].vm, uhva), slot != unit,
        !units[unit].needs.contains(slot)
      else { continue }
      units[unit].needs.append(slot)
    }
  }

  private mutating func bystander(_ event: RecordedEvent, _ thread: inout ThreadUnits) {
    if let index = thread.bystanders.lastIndex(where: { returnOf[$0.name] == event.name }) {
      end(thread.bystanders.remove(at: index).unit, event, thread)
      return
    }
    let unit = add(.bystander, event, thread, isWhole: true)
    if entryNames.contains(event.name) {
      thread.bystanders.append((unit, event.name))
      units[unit].isWhole = false
    }
  }

  // MARK: Rounds

  mutating func noteLoopProbe() { hasLoopProbe = true }
  var roundsHaveTops: Bool { hasLoopProbe }

  /// The round was its refresh's last: no round without which the refresh would be another one.
  mutating func merge(_ round: Int, into refresh: Int) {
    units[refresh].lines += units[round].lines
    units[round].lines = []
    mergedInto[round] = refresh
  }

  mutating func learnNotifier(_ kvm: UInt64?, _ mn: UInt64?) {
    if let kvm, let mn { notifierOffset = notifierOffset ?? kvm &- mn }
  }

  // MARK: The end

  /// The recording is over.
  package mutating func finish() -> CutUnits {
    for thread in threads.values {
      // Where the probe of the hook's return is missing, its entry is the last that is known of it.
      for hook in thread.hooks where hook.end != nil && hook.start != nil { units[hook.unit].isWhole = true }
    }
    let kept = units.indices.filter { mergedInto[$0] == nil }
    let place = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    let all = kept.map { index in
      var unit = units[index]
      unit.lines.sort()
      unit.vm = unit.vm ?? unit.mn.flatMap { mn in notifierOffset.map { mn &+ $0 } }
      let needs = Set(unit.needs.map { mergedInto[$0] ?? $0 }.compactMap { place[$0] })
      unit.needs = needs.filter { $0 != place[index] }.sorted()
      return unit
    }
    return CutUnits(units: all, losses: losses)
  }
}

/// What a thread is in the middle of.
struct ThreadUnits {
  let key: Int64
  /// An activation, or an explicit request: the refresh in it belongs to it.
  var request: Int?
  /// The unit that a running refresh's lines go to.
  var refresh: Int?
  var round: Int?
  var roundHasLookup = false
  var lookup: Int?
  var checks: [Int] = []
  var deactivation: Int?
  var memslot: (unit: Int, change: RecordedEvent)?
  var hooks: [Hook] = []
  var bystanders: [(unit: Int, name: EventNameID)] = []

  struct Hook {
    let unit: Int
    let mn: UInt64?
    let range: HVARange?
    var start: EventID?
    var hasStartRet = false
    var end: EventID?
  }

  init(key: Int64) { self.key = key }
}

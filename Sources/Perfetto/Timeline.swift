// A database as a Perfetto trace: its events are passed over once, and each row is drawn when its events come.

import KVMEvents
import Results
import TextLayout
import TraceStore

/// What was written.
package struct TimelineSummary {
  package let packetCount: Int64
  package let byteCount: Int64
  package let findingCount: Int64
  /// The recording was only imported: its events are all that is shown.
  package let isReplayed: Bool
  /// The times are those of a clock that Perfetto knows.
  package let isAligned: Bool
  /// It was interrupted: the trace is not whole.
  package let isInterrupted: Bool
}

extension TraceDatabase {
  /// Writes what is known of the recording as a Perfetto trace, in the order of its events. Memory is bounded by what
  /// is open at one time, and by the numbers of VMs, caches and tasks.
  /// - Parameters:
  ///   - withEvents: also each recorded event, on a track of its task.
  ///   - isInterrupted: asked now and then.
  ///   - sink: takes the bytes as they come.
  package func writeTimeline(
    withEvents: Bool, isInterrupted: () -> Bool = { false }, to sink: @escaping ([UInt8]) throws -> Void
  ) throws -> TimelineSummary {
    try Timeline(self, withEvents: withEvents, to: sink).run(isInterrupted: isInterrupted)
  }
}

final class Timeline {
  /// What an open row does at one of its events.
  enum Step {
    case countUp(OpenInvalidation)
    case countDown(OpenInvalidation)
    case walk(OpenInvalidation)
    case windowBegins(OpenInvalidation)
    case windowEnds(OpenInvalidation)
    case invalidationEnds(OpenInvalidation)
    case lookupBegins(OpenRound)
    case lookupEnds(OpenRound)
    case test(OpenRound)
    case roundEnds(OpenRound)
    case refreshEnds(OpenRefresh)
    case cacheEnds(CacheTracks)
    case lossEnds(cpu: Int64, track: UInt64)
  }

  private static let batchSize = 1024

  let database: TraceDatabase
  let facts: RecordingFacts
  let writer: TrackEventWriter
  let neverEnded: Set<Int64>
  /// Comm and pid, by number in the table `task`.
  let taskLabels: [String]
  private let isReplayed: Bool
  private let root: UInt64
  private var findings: UInt64?
  private var losses: [Int64: Lanes] = [:]
  private let vmMarks: [Int64: VMMark]
  private var vms: [Int64: VMTracks] = [:]
  private(set) var caches: [Int64: CacheTracks] = [:]
  private var cachesByPointer: [UInt64: CacheTracks] = [:]
  var refreshes: [Int64: OpenRefresh] = [:]
  private var steps: [EventID: [Step]] = [:]
  /// Fields that their probes read wrongly: nothing is drawn from them.
  private let misread: [ImplausibleField]
  private let mayLackEvents: Bool
  /// Events were lost before this point, or may be missing anywhere.
  private(set) var isDoubtful: Bool
  private var findingCount: Int64 = 0
  private var eventTracks: EventTracks?

  init(_ database: TraceDatabase, withEvents: Bool, to sink: @escaping ([UInt8]) throws -> Void) throws {
    self.database = database
    facts = try database.facts()
    isReplayed = try database.replaySettings() != nil
    taskLabels = try database.tasks().map(\.label)
    neverEnded = try database.neverEndedRefreshes()
    vmMarks = Dictionary(uniqueKeysWithValues: try database.vmMarks().map { ($0.id, $0) })
    misread = try database.implausibleFields()
    isDoubtful = try database.mayLackEvents()
    mayLackEvents = try isDoubtful || database.number("SELECT count(*) FROM loss") ?? 0 > 0
    writer = try TrackEventWriter(clock: facts.perfettoClock, start: facts.firstTsNs ?? 0, to: sink)
    root = try writer.track(facts.timelineTitle, .group, in: nil, rank: 0)
    if withEvents || !isReplayed { eventTracks = try EventTracks(in: root, names: database.names(), writer) }
  }

  func run(isInterrupted: () -> Bool) throws -> TimelineSummary {
    var cacheMarks = try database.cacheMarks()
    var lossMarks = try database.lossMarks()
    var invalidationMarks = try database.invalidationMarks()
    var refreshMarks = try database.refreshMarks()
    var roundMarks = try database.roundMarks()
    var checkMarks = try database.checkMarks()
    var findingMarks = try database.findingMarks()
    let events = try database.events()
    var batch: [RecordedEvent] = []
    var isWhole = true
    while isWhole, try events.read(into: &batch, upTo: Self.batchSize) {
      isWhole = !isInterrupted()
      for event in batch {
        // A loss marker at the beginning may have no time of its own.
        let (id, ns) = (event.id, max(event.time.rawValue, facts.firstTsNs ?? 0))
        if !steps.isEmpty { try takeSteps(id, ns) }
        while let mark = try lossMarks.take(upTo: id) { try begin(mark, ns) }
        while let mark = try cacheMarks.take(upTo: id) { try begin(mark, ns) }
        while let mark = try invalidationMarks.take(upTo: id) { try begin(mark, ns) }
        while let mark = try refreshMarks.take(upTo: id) { try begin(mark, ns) }
        while let mark = try roundMarks.take(upTo: id) { try begin(mark, ns) }
        while let mark = try checkMarks.take(upTo: id) { try show(mark, ns) }
        // What begins and ends with one event.
        if !steps.isEmpty { try takeSteps(id, ns) }
        try noteValidity(event, ns)
        try eventTracks?.show(event, label: event.kind == .lostEvents ? "" : taskLabels[Int(event.task)])
        while let mark = try findingMarks.take(upTo: id) { try show(mark, ns) }
      }
    }
    try writer.flush()
    return TimelineSummary(
      packetCount: writer.packetCount, byteCount: writer.byteCount, findingCount: findingCount, isReplayed: isReplayed,
      isAligned: facts.perfettoClock != nil, isInterrupted: !isWhole)
  }

  /// - Parameter event: the one at which the step is taken; nil: none.
  func at(_ event: EventID?, _ step: Step) {
    if let event { steps[event, default: []].append(step) }
  }

  private func takeSteps(_ id: EventID, _ ns: Int64) throws {
    guard let due = steps.removeValue(forKey: id) else { return }
    for step in due {
      switch step {
      case .countUp(let one): try one.vm.count(by: 1, at: ns)
      case .countDown(let one): try one.vm.count(by: -1, at: ns)
      case .walk(let one): try walk(one.mark.range, one.vm, id, ns)
      case .windowBegins(let one): try beginWindow(of: one, ns)
      case .windowEnds(let one): try endWindow(of: one, ns)
      case .invalidationEnds(let one): try end(one, ns)
      case .lookupBegins(let one): try beginLookup(of: one, ns)
      case .lookupEnds(let one): try endLookup(of: one.refresh, ns)
      case .test(let one): try showTest(of: one, ns)
      case .roundEnds(let one): try end(one, ns)
      case .refreshEnds(let one): try end(one, id, ns)
      // One that is valid may still be cleared.
      case .cacheEnds(let one) where one.validity == .no: one.vm.caches.removeAll { $0 === one }
      case .cacheEnds: break
      case .lossEnds(let cpu, let track): try endLoss(cpu, track, ns)
      }
    }
  }

  func taskLabel(_ task: Int64) -> String? {
    taskLabels.indices.contains(Int(task)) ? taskLabels[Int(task)] : nil
  }

  // MARK: VMs and caches

  /// - Parameter id: nil: not known.
  func vm(_ id: Int64?) throws -> VMTracks {
    if let known = vms[id ?? 0] { return known }
    let tracks = try VMTracks(id.flatMap { vmMarks[$0] }, mayLack: mayLackEvents, writer)
    vms[id ?? 0] = tracks
    return tracks
  }

  func lastEvent(ofVM id: Int64) -> EventID? { vmMarks[id]?.lastEvent }

  func cache(_ id: Int64) throws(TraceStoreError) -> CacheTracks {
    guard let cache = caches[id] else { throw .damaged(table: "cache", reason: "cache \(id) comes too late") }
    return cache
  }

  private func begin(_ mark: CacheMark, _ ns: Int64) throws {
    let vm = try vm(mark.vm)
    let pointer = UInt64(bitPattern: mark.gpc)
    if let former = cachesByPointer[pointer] {
      try set(former, .no, "kvm_gpc_init()", mark.first, ns)
      former.vm.caches.removeAll { $0 === former }
    }
    let cache = try CacheTracks(mark, in: vm, writer)
    caches[mark.id] = cache
    cachesByPointer[pointer] = cache
    vm.caches.append(cache)
    // Older than the recording.
    if mark.epoch == 0 { try set(cache, .unknown, "before the recording", mark.first, ns) }
    at(mark.lastEvent, .cacheEnds(cache))
  }

  func set(_ cache: CacheTracks, _ new: CacheTracks.Validity, _ why: String, _ id: EventID, _ ns: Int64) throws {
    try cache.set(new, why, at: ns, event: id, isDoubtful: isDoubtful)
  }

  /// `gfn_to_pfn_cache_invalidate_start()` clears each cache whose uhva lies in the range.
  private func walk(_ range: HVARange, _ vm: VMTracks, _ id: EventID, _ ns: Int64) throws {
    for cache in vm.caches {
      guard let uhva = cache.uhva, range.contains(uhva) else { continue }
      cache.isWalked = true
      if cache.validity == .yes { try set(cache, .no, "gfn_to_pfn_cache_invalidate_start()", id, ns) }
    }
  }

  /// The walk has no probe: whether, and when, it cleared a cache is not known.
  func walkUnseen(_ range: HVARange, _ vm: VMTracks, _ id: EventID, _ ns: Int64) throws {
    for cache in vm.caches where cache.validity == .yes && cache.uhva.map(range.contains) ?? true {
      cache.isWalked = true
      try set(cache, .unknown, "a walk that is not recorded", id, ns)
    }
  }

  /// What the events themselves show, beside the rows that they are part of.
  private func noteValidity(_ event: RecordedEvent, _ ns: Int64) throws {
    if event.kind == .lostEvents {
      isDoubtful = true
      for vm in vms.values.sorted(by: { $0.process < $1.process }) {
        for cache in vm.caches { try set(cache, .unknown, "lost events", event.id, ns) }
      }
      return
    }
    guard let gpc = event.gpc, let cache = cachesByPointer[gpc.rawValue] else { return }
    let id = event.id
    switch event.kind {
    case .gpcRefreshDone:
      cache.isDone = true
      cache.uhva = value(.uhva, of: event).map(UHVA.init(rawValue:)) ?? cache.uhva
      try set(cache, .yes, "gpc_refresh_done", id, ns)
    case .gpcCheck:
      cache.uhva = value(.uhva, of: event).map(UHVA.init(rawValue:)) ?? cache.uhva
      // Read under gpc->lock.
      if let valid = value(.valid, of: event) { try set(cache, valid != 0 ? .yes : .no, "kvm_gpc_check()", id, ns) }
    case .gpcDeactivate: try set(cache, .no, "kvm_gpc_deactivate()", id, ns)
    case _: break
    }
  }

  /// nil: its probe does not record it, or reads it wrongly.
  private func value(_ field: EventField, of event: RecordedEvent) -> UInt64? {
    misread.contains { $0.kind == event.kind && $0.field == field } ? nil : event[field]
  }

  // MARK: Findings, checks and losses

  private func show(_ mark: FindingMark, _ ns: Int64) throws {
    let track = try findings ?? writer.track("gpc-replay: findings", .slices, in: root, rank: 0)
    findings = track
    findingCount += 1
    // Each its own name, so that it is found by it: they are not interned.
    try writer.event(.instant, on: track, at: ns, text: "#\(mark.id) \(mark.kind), \(mark.certainty)") {
      $0.text("summary", mark.summary)
      $0.integer("finding", mark.id)
      $0.integer(facts.eventPlace.rawValue, mark.first)
      $0.integer("vm", mark.vm)
      $0.integer("cache", mark.cache)
      $0.integer("invalidation", mark.invalidation)
      $0.integer("refresh", mark.refresh)
      $0.integer("check", mark.check)
    }
  }

  private func show(_ mark: CheckMark, _ ns: Int64) throws {
    let answer = mark.answer.map { $0 ? "check: yes" : "check: no" } ?? "check: no answer is recorded"
    try writer.event(.instant, on: try cache(mark.cache).checks, at: ns, answer + Self.suffix(mark.decision)) {
      $0.integer(facts.eventPlace.rawValue, mark.first)
      $0.word("task", taskLabel(mark.task))
      $0.word("decision", mark.decision?.rawValue)
      $0.word("doubt", mark.doubt)
    }
  }

  /// What a name says of a decision that is not simply as the rules have it.
  static func suffix(_ decision: Decision?) -> String {
    switch decision {
    case .agrees, nil: ""
    case .disagrees: ", disagrees with the form"
    case .open: ", open"
    case .unknown: ", unknown"
    }
  }

  private func begin(_ mark: LossMark, _ ns: Int64) throws {
    let name = "lost events, " + (mark.cpu < 0 ? "CPU unknown" : "CPU \(mark.cpu)")
    var lanes = losses[mark.cpu] ?? Lanes(name, in: root, rank: 2 + mark.cpu)
    let track = try lanes.take(writer)
    losses[mark.cpu] = lanes
    let count = mark.count.map { "lost: \(grouped($0))" } ?? "lost: number unknown"
    try writer.event(.begin, on: track, at: ns, text: count) { $0.integer(facts.eventPlace.rawValue, mark.line) }
    at(mark.line, .lossEnds(cpu: mark.cpu, track: track))
  }

  private func endLoss(_ cpu: Int64, _ track: UInt64, _ ns: Int64) throws {
    try writer.event(.end, on: track, at: ns)
    losses[cpu]?.give(back: track)
  }
}

/// The recorded events themselves, each on a track of its task.
private struct EventTracks {
  private let group: UInt64
  private let names: [EventName]
  private let writer: TrackEventWriter
  private var tracks: [TaskID: UInt64] = [:]

  init(in root: UInt64, names: [EventName], _ writer: TrackEventWriter) throws {
    group = try writer.track("gpc-replay: recorded events", .group, in: root, rank: 1_000_000)
    self.names = names
    self.writer = writer
  }

  mutating func show(_ event: RecordedEvent, label: String) throws {
    if event.kind == .lostEvents { return }
    let track = try tracks[event.task] ?? writer.track(label, .slices, in: group, rank: Int64(event.task))
    tracks[event.task] = track
    guard names.indices.contains(Int(event.name)) else { return }
    try writer.event(.instant, on: track, at: event.time.rawValue, names[Int(event.name)].name) {
      $0.integer("event", event.id)
      $0.integer("cpu", Int64(event.cpu))
    }
  }
}

extension RecordingFacts {
  /// nil: no other recording has times that can be compared with these.
  var perfettoClock: TrackEventWriter.Clock? {
    guard stampUnit == .ns else { return nil }
    return switch clock {
    case .mono: .monotonic
    case .monoRaw: .monotonicRaw
    case .boot: .bootTime
    case .local, .global, .counter, .uptime, .perf, .tai, .x86TSC: nil
    }
  }

  /// The name of the track that has those of the recording as a whole.
  fileprivate var timelineTitle: String {
    let source = clockSource == .assumed ? " (assumed)" : ""
    let unit = stampUnit == .tick ? "; what is shown as 1 ns is 1 tick" : ""
    let other = perfettoClock == nil ? "; not comparable with another recording's times" : ""
    return "gpc-replay: \(inputName(fileName)), clock \(clock.rawValue)\(source)\(unit)\(other)"
  }
}

// Which parts of a recording there are, drawn by a seed.

import KVMEvents

/// A way of taking away.
package enum PartKind: String, CaseIterable, Sendable {
  /// Each probe alone; as many as there are.
  case probes
  /// All points inside functions at once.
  case points
  case subsets
  case gaps
  case heads
  case tails
  /// An overwritten ring.
  case rings
  /// Several of these at once.
  case mixed

  /// The removals of this kind, the same for a seed each time.
  package func removals(from whole: WholeRecording, count: Int, seed: UInt64) -> [Removal] {
    guard !whole.events.isEmpty else { return [] }
    var draw = Draw(seed: seed &+ UInt64(Self.allCases.firstIndex(of: self) ?? 0) &* 0x9e37_79b9)
    if case .points = self { return [FunctionLevel.removal(from: whole)].filter { !$0.isNothing } }
    let source = RemovalSource(whole)
    if case .probes = self {
      return source.probes.map { probe in
        var removal = Removal()
        removal.probes = [probe]
        return removal
      }
    }
    return (0..<count).map { _ in
      var removal = Removal()
      source.add(self, to: &removal, &draw)
      return removal
    }
  }
}

/// Draws what is taken away from one recording.
private struct RemovalSource {
  let whole: WholeRecording
  let probes: [EventNameID]
  /// By CPU: the ids of its events, in order.
  let cpus: [(cpu: Int32, ids: [EventID])]
  /// The recording's own gaps: the CPU's last event before it, and its marker.
  let losses: [(begin: EventID, marker: EventID)]

  init(_ whole: WholeRecording) {
    self.whole = whole
    probes = whole.probes
    var ids: [Int32: [EventID]] = [:]
    var losses: [(begin: EventID, marker: EventID)] = []
    for event in whole.events {
      if event.kind == .lostEvents {
        losses.append((ids[event.cpu]?.last ?? event.id, event.id))
      } else {
        ids[event.cpu, default: []].append(event.id)
      }
    }
    self.losses = losses
    cpus = ids.sorted { $0.key < $1.key }.map { (cpu: $0.key, ids: $0.value) }
  }

  func add(_ kind: PartKind, to removal: inout Removal, _ draw: inout Draw) {
    switch kind {
    case .probes, .points, .subsets: removal.probes = subset(&draw)
    case .gaps:
      let count = draw.chance(3, of: 5) ? 1 : 2 + draw.below(3)
      for _ in 0..<count { removal.gaps.append(gap(&draw)) }
    case .heads: removal.head = place(&draw)
    case .tails: removal.tail = tail(&draw)
    case .rings: removal.ring = ring(&draw)
    case .mixed:
      var kinds: [PartKind] = [.subsets, .gaps, .heads, .tails, .rings]
      for _ in 0..<2 + draw.below(2) { add(kinds.remove(at: draw.below(kinds.count)), to: &removal, &draw) }
      // A CPU that begins behind the end would be missing without its mark.
      if let tail = removal.tail, let last = removal.ring?.firsts.values.max() { removal.tail = max(tail, last) }
    }
  }

  /// Few, half, or most of them: what is missing and what is left are each drawn small as often as large.
  private func subset(_ draw: inout Draw) -> Set<EventNameID> {
    let eighths = [1, 2, 4, 6][draw.below(4)]
    let removed = Set(probes.filter { _ in draw.chance(eighths, of: 8) })
    return removed.isEmpty ? [probes[draw.below(probes.count)]] : removed
  }

  /// Lengths are drawn by their order of magnitude; one in ten stands at the CPU's begin, and one at its end.
  private func gap(_ draw: inout Draw) -> Removal.Gap {
    let (cpu, ids) = cpus[draw.below(cpus.count)]
    var length = 1
    while length * 2 <= ids.count, draw.chance(3, of: 4) { length *= 2 }
    length = min(ids.count, length + draw.below(length))
    var first = draw.below(ids.count - length + 1)
    if draw.chance(1, of: 10) { first = 0 }
    if draw.chance(1, of: 10) { first = ids.count - length }
    let last = first + length - 1
    let behind = last + 1 < ids.count ? ids[last + 1] : (whole.events.last?.id ?? 0) + WholeRecording.idStep
    // Before the CPU's next event; or earlier, where an event that the catalogue does not have came between.
    var marker = WholeRecording.marker(before: behind)
    if draw.chance(1, of: 4) {
      let room = Int((behind - ids[last]) / WholeRecording.idStep)
      marker = ids[last] + 1 + WholeRecording.idStep * Int64(draw.below(room))
    }
    return Removal.Gap(
      cpu: cpu, first: ids[first], last: ids[last], marker: marker,
      count: draw.chance(1, of: 2) ? UInt64(length) : nil)
  }

  private func ring(_ draw: inout Draw) -> Removal.Ring {
    var firsts: [Int32: EventID] = [:]
    for (cpu, ids) in cpus { firsts[cpu] = ids[draw.below(ids.count)] }
    return Removal.Ring(firsts: firsts)
  }

  /// Not inside a gap of the recording: what a marker behind the end announces is announced by nothing.
  private func tail(_ draw: inout Draw) -> EventID {
    var tail = place(&draw)
    while let begin = gapBegin(around: tail) { tail = begin }
    return tail
  }

  /// The earliest last event before one of the recording's own gaps that is still open behind this event.
  private func gapBegin(around id: EventID) -> EventID? {
    losses.filter { $0.begin < id && id < $0.marker }.map(\.begin).min()
  }

  private func place(_ draw: inout Draw) -> EventID { whole.events[draw.below(whole.events.count)].id }
}

/// SplitMix64: the same numbers everywhere.
struct Draw {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }

  /// From 0 to `count - 1`.
  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
  mutating func chance(_ hits: Int, of count: Int) -> Bool { below(count) < hits }
}

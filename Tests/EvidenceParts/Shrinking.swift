// Makes a failing part small: less taken away, from a shorter recording.

import Corpus
import KVMEvents
import Results

/// A breach in its smallest form that was found: a recording, and what is taken away from it.
package struct Breach: Sendable {
  package let whole: WholeRecording
  package let removal: Removal
  package let contradiction: Contradiction

  package init(whole: WholeRecording, removal: Removal, contradiction: Contradiction) {
    self.whole = whole
    self.removal = removal
    self.contradiction = contradiction
  }
}

/// Looks for a smaller removal, and a smaller recording, with a breach of the same class.
package struct Shrinking {
  private let kind: Contradiction.Class
  /// What the whole recording's findings are: a shorter one must not have others.
  private let known: Set<FindingKey>
  private var breach: Breach
  /// Judgements that may still be made.
  private var budget: Int

  private struct FindingKey: Hashable {
    let kind: Finding.Kind
    let event: EventID
  }

  package static func shrink(_ breach: Breach, budget: Int = 600) throws -> Breach {
    var shrinking = Shrinking(breach, try Monotony(breach.whole).whole, budget)
    shrinking.removeLess()
    shrinking.shorten()
    shrinking.leaveOutOperations()
    shrinking.removeLess()
    return shrinking.breach
  }

  private init(_ breach: Breach, _ whole: Judgement, _ budget: Int) {
    self.breach = breach
    self.budget = budget
    kind = breach.contradiction.kind
    known = Self.keys(whole)
  }

  private static func keys(_ judgement: Judgement) -> Set<FindingKey> {
    Set(judgement.findings.map { FindingKey(kind: $0.kind, event: $0.event) })
  }

  // MARK: Is it still there?

  /// Takes the smaller one, if it fails in the same way.
  private mutating func take(_ whole: WholeRecording, _ removal: Removal) -> Bool {
    guard budget > 0, !removal.isNothing else { return false }
    budget -= 1
    guard let monotony = try? Monotony(whole), Self.keys(monotony.whole).isSubset(of: known) else { return false }
    let found = monotony.contradictions(without: removal)
    guard let same = found.first(where: { $0.kind == kind }) else { return false }
    breach = Breach(whole: whole, removal: removal, contradiction: same)
    return true
  }

  private mutating func take(_ change: (inout Removal) -> Void) -> Bool {
    var removal = breach.removal
    change(&removal)
    return removal != breach.removal && take(breach.whole, removal)
  }

  // MARK: Less taken away

  private mutating func removeLess() {
    _ = take { $0.ring = nil }
    _ = take { $0.head = nil }
    _ = take { $0.tail = nil }
    for gap in breach.removal.gaps { _ = take { $0.gaps.removeAll { $0 == gap } } }
    _ = take { $0.probes = [] }
    for probe in breach.removal.probes.sorted() { _ = take { $0.probes.remove(probe) } }
    for index in breach.removal.gaps.indices { narrow(index) }
  }

  /// From either end, by halves.
  private mutating func narrow(_ index: Int) {
    var isNarrower = true
    while isNarrower {
      let gap = breach.removal.gaps[index]
      let inside = breach.whole.events.filter { $0.cpu == gap.cpu && (gap.first...gap.last).contains($0.id) }.map(\.id)
      guard inside.count > 1 else { return }
      isNarrower = false
      for share in [2, 4, inside.count] where !isNarrower {
        let step = max(1, inside.count / share)
        isNarrower = take { $0.gaps[index].first = inside[step] }
        if !isNarrower {
          // The marker stays before the next event of the CPU that is left.
          isNarrower = take {
            $0.gaps[index].last = inside[inside.count - 1 - step]
            $0.gaps[index].marker = WholeRecording.marker(before: inside[inside.count - step])
          }
        }
      }
    }
  }

  // MARK: A shorter recording

  private mutating func shorten() {
    var size = breach.whole.events.count / 2
    while size > 0 {
      while takeWithout(last: size) {}
      while takeWithout(first: size) {}
      size /= 2
    }
  }

  private mutating func takeWithout(first count: Int) -> Bool {
    guard count < breach.whole.events.count else { return false }
    return take(breach.whole.with(Array(breach.whole.events[count...])), breach.removal)
  }

  private mutating func takeWithout(last count: Int) -> Bool {
    guard count < breach.whole.events.count else { return false }
    return take(breach.whole.with(breach.whole.events.dropLast(count)), breach.removal)
  }

  /// Whole operations, as `corpus add` does it: what is left might have been recorded.
  private mutating func leaveOutOperations() {
    let whole = breach.whole
    guard whole.events.count <= Self.eventsMax else { return }
    var builder = UnitBuilder(names: whole.names, order: MomentOrder(deltaNs: whole.options.deltaNs))
    builder.consume(whole.events)
    let units = builder.finish()
    let candidates = CutCandidates(Set(units.units.indices), of: units, events: whole.events)
    // The search's closure cannot change this value.
    var trial = self
    let limit = budget
    var search = CutSearch(
      candidates, mayGoOn: { $0.candidateCount < limit },
      judge: { events in trial.take(whole.with(events), trial.breach.removal) })
    search.run()
    self = trial
  }

  private static let eventsMax = 4000
}

extension Breach {
  /// What was taken away from what, what is said of it, and the events that this is about.
  package func description(origin: String) -> String {
    var lines = [
      "\(contradiction.kind)", "of \(origin), clock \(whole.summary.clock.rawValue)",
      "\(whole.events.count) events without \(removal.description(in: whole))",
    ]
    if !contradiction.text.isEmpty { lines.append(contradiction.text) }
    lines.append("about \(contradiction.events.map { WholeRecording.place(of: $0) }.joined(separator: " "))")
    return lines.joined(separator: "\n")
  }
}

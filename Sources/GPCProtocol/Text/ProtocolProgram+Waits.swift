// Where a refresh waits for invalidations, and whether it comes out of that: read off the form's text.

extension ProtocolProgram {
  /// A wait of the retry loop.
  package struct Wait: Sendable {
    /// Where a refresh that finds an invalidation pending goes on: the statement at which it is seen to wait.
    package let words: Words
    /// It comes before the round's lookup; else between the lookup and the retry test.
    package let isBeforeLookup: Bool
    /// Once it has found an invalidation pending, some way leads on to the end of the refresh. Where none does, every
    /// one takes a lock that the task holds itself.
    package let canBeLeft: Bool
  }

  /// The waits of a refresh, in the order of the text.
  package var waits: [Wait] {
    let paths = RefreshPaths(self)
    return search.facts.compactMap { facts in
      guard facts.operation == .refresh, facts.name.hasPrefix("wait."), facts.branches.contains(.pending) else {
        return nil
      }
      let places = paths.places.filter { $0.step == facts.step }
      let pending = places.flatMap { paths.followers(of: $0, .pending) }
      guard let first = places.first, let next = pending.compactMap({ $0 }).first else { return nil }
      // Past the unlock that ends the test's section.
      let stop = paths.firstWaiting(from: next) ?? next
      return Wait(
        words: words(stop.step), isBeforeLookup: !first.hasLookedUp,
        canBeLeft: pending.contains { $0.map { paths.leadsToEnd($0) } ?? true })
    }
  }
}

/// The places of a refresh: steps with the locks that are held there.
private struct RefreshPaths {
  struct Place: Hashable {
    let step: TaskStep
    /// The lock at bit `Lock.rawValue`.
    var held: UInt8 = 0
    var hasLookedUp = false
  }

  private let program: ProtocolProgram
  private let factsOfStep: [TaskStep: StepTable<ProtocolState>.Facts]
  /// All that are reached, in the order of the search.
  private(set) var places: [Place] = []

  init(_ program: ProtocolProgram) {
    self.program = program
    factsOfStep = Dictionary(uniqueKeysWithValues: program.search.facts.map { ($0.step, $0) })
    var known: Set<Place> = []
    var rest = [Place(step: program.search.entry(.refresh))]
    while let place = rest.popLast() {
      guard factsOfStep[place.step]?.operation == .refresh, known.insert(place).inserted else { continue }
      places.append(place)
      for branch in branches(of: place) { rest += followers(of: place, branch).compactMap { $0 }.reversed() }
    }
  }

  private func branches(of place: Place) -> [StepBranch] { factsOfStep[place.step]?.branches ?? [] }

  /// nil: the refresh is over. None where the task waits for a lock that it holds itself.
  func followers(of place: Place, _ branch: StepBranch) -> [Place?] {
    guard let facts = factsOfStep[place.step] else { return [nil] }
    let traits = program.traits[Int(place.step.code)]
    var next = place
    if let lock = traits.takes {
      if place.held >> lock.rawValue & 1 == 1 { return [] }
      next.held |= 1 << lock.rawValue
    }
    if let lock = traits.drops { next.held &= ~(1 << lock.rawValue) }
    if traits.has(.looksUp) { next.hasLookedUp = true }
    if facts.name == "refresh.unlock" { next.hasLookedUp = false }
    if traits.has(.returns) { return [nil] }
    return program.search.followers(facts, branch).map { step in
      step.map { Place(step: $0, held: next.held, hasLookedUp: next.hasLookedUp) }
    }
  }

  func leadsToEnd(_ start: Place) -> Bool {
    var known: Set<Place> = []
    var rest = [start]
    while let place = rest.popLast() {
      guard known.insert(place).inserted else { continue }
      for branch in branches(of: place) {
        for next in followers(of: place, branch) {
          guard let next else { return true }
          rest.append(next)
        }
      }
    }
    return false
  }

  /// The first step from here on that is more than dropping a lock: where it waits.
  func firstWaiting(from start: Place) -> Place? {
    var place = start
    while program.traits[Int(place.step.code)].drops != nil, let branch = branches(of: place).first,
      let next = followers(of: place, branch).compactMap({ $0 }).first
    {
      place = next
    }
    return place
  }
}

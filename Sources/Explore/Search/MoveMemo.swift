// What a task can do depends on its own bits and the shared ones; the search asks the engine once for each such pair.

import GPCProtocol

/// The moves of tasks by (shared bits, own bits).
struct MoveMemo {
  struct Moves {
    /// Where its results begin, and how many there are.
    let first: UInt32
    let count: UInt8
    let isFinished: Bool
    let concern: Concern
    /// The task waits for a lock that it holds itself.
    let isSelfBlocked: Bool
  }

  /// What a move has to do with the locals of other tasks.
  enum Concern: UInt8 {
    case none
    /// It bumps the seq past all snapshots.
    case bumpsSeq
    /// A check said yes: judged by the windows of others, if any is open.
    case readsWindows
    /// The engine has to be asked, with the whole state.
    case any

    func joined(_ other: Concern) -> Concern { self == .none ? other : (other == .none || other == self ? self : .any) }
  }

  struct Result {
    let shared: UInt32
    let own: UInt32
    let violations: Violations
    /// The way that its steps went, by its number among `branchSets`: a result stays as small as it is without.
    let branches: UInt16
  }

  /// The shared sections met so far, by number.
  private var sections: StateSet
  /// (section, own bits, task) + 1, open addressing; 0: empty.
  private var keys = [UInt64](repeating: 0, count: 1 << 12)
  private var entries = [UInt32](repeating: 0, count: 1 << 12)
  private(set) var moves: [Moves] = []
  private var results: [Result] = []
  /// Few: one for each way through a lock section.
  private var branchSets: [BranchSet] = []

  init(layout: StateLayout) { sections = StateSet(wordCount: max(1, (layout.taskPositions[0] + 63) / 64)) }

  var byteCount: Int { sections.byteCount + keys.count * 12 + moves.count * 8 + results.count * 12 }

  /// The number of a shared section, its bits alone in `section`.
  mutating func number(of section: borrowing PackedState) -> UInt32 { UInt32(sections.insert(section).index) }

  func section(_ number: UInt32) -> PackedState { sections[Int(number)] }

  func result(_ moves: Moves, _ choice: Int) -> Result { results[Int(moves.first) &+ choice] }

  /// The ways that the steps of a task's moves went.
  func branches(_ moves: Moves) -> BranchSet {
    var branches = BranchSet()
    for choice in 0..<Int(moves.count) { branches.formUnion(branchSets[Int(result(moves, choice).branches)]) }
    return branches
  }

  /// Found by going through them: a form has some dozens.
  mutating func number(of branches: BranchSet) -> UInt16 {
    if let number = branchSets.firstIndex(of: branches) { return UInt16(number) }
    branchSets.append(branches)
    return UInt16(branchSets.count - 1)
  }

  func find(_ shared: UInt32, _ own: UInt64, _ task: Int) -> Moves? {
    let slot = slot(Self.key(shared, own, task))
    return keys[slot] == 0 ? nil : moves[Int(entries[slot])]
  }

  mutating func keep(_ new: Moves, _ shared: UInt32, _ own: UInt64, _ task: Int) {
    if moves.count * 2 >= keys.count { grow() }
    let key = Self.key(shared, own, task)
    let slot = slot(key)
    keys[slot] = key
    entries[slot] = UInt32(moves.count)
    moves.append(new)
  }

  /// Appends the results of a move that is about to be kept; returns where they begin.
  mutating func keep(_ new: [Result]) -> UInt32 {
    let first = UInt32(results.count)
    results += new
    return first
  }

  /// Own bits fit 28: a step, an operation, a range, a cache, and a few flags.
  private static func key(_ shared: UInt32, _ own: UInt64, _ task: Int) -> UInt64 {
    UInt64(shared) << 32 | own << 4 | UInt64(task + 1)
  }

  private func slot(_ key: UInt64) -> Int {
    let mask = keys.count &- 1
    let product = key.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    var slot = Int(truncatingIfNeeded: product.high ^ product.low) & mask
    while keys[slot] != 0 && keys[slot] != key { slot = (slot &+ 1) & mask }
    return slot
  }

  private mutating func grow() {
    let old = zip(keys, entries).filter { $0.0 != 0 }
    keys = [UInt64](repeating: 0, count: keys.count * 2)
    entries = [UInt32](repeating: 0, count: keys.count)
    for (key, entry) in old {
      let slot = slot(key)
      keys[slot] = key
      entries[slot] = entry
    }
  }
}

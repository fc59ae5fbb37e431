// Where rounds are kept.

/// The rounds that run or wait for their decision. A slot is used again when its round is decided: a recording has a round for every five
/// events, and an object for each would cost as much as what is done with it; copied about, it is too big.
struct RoundTable {
  typealias Slot = Int

  private var rounds: [RoundState] = []
  private var free: [Slot] = []

  mutating func insert(_ round: RoundState) -> Slot {
    guard let slot = free.popLast() else {
      rounds.append(round)
      return rounds.count - 1
    }
    rounds[slot] = round
    return slot
  }

  mutating func remove(_ slot: Slot) -> RoundState {
    free.append(slot)
    return rounds[slot]
  }

  subscript(slot: Slot) -> RoundState {
    _read { yield rounds[slot] }
    _modify { yield &rounds[slot] }
  }
}

// The states that a search has met: packed records in the order of their discovery, and an open-addressing index over them.

/// A set of packed states. A state's number is its place; the records double as the search's queue.
struct StateSet {
  let wordCount: Int
  private var records: [UInt64] = []
  private var slots: [UInt32]
  private(set) var count = 0

  init(wordCount: Int) {
    self.wordCount = wordCount
    slots = [UInt32](repeating: 0, count: 1 << 10)
  }

  /// Bytes of the records and of the index.
  var byteCount: Int { records.capacity * 8 + slots.count * 4 }

  subscript(index: Int) -> PackedState {
    var packed = PackedState()
    let first = index * wordCount
    for word in 0..<wordCount { packed.words[word] = records[first + word] }
    return packed
  }

  /// The state's number, and whether it is new.
  mutating func insert(_ state: borrowing PackedState) -> (index: Int, isNew: Bool) {
    if count * 4 >= slots.count * 3 { grow() }
    let slot = slot(of: state)
    if slots[slot] != 0 { return (Int(slots[slot]) - 1, false) }
    for word in 0..<wordCount { records.append(state.words[word]) }
    count += 1
    slots[slot] = UInt32(count)
    return (count - 1, true)
  }

  /// The state's number, or nil where it was never met.
  func index(of state: borrowing PackedState) -> Int? {
    let found = slots[slot(of: state)]
    return found == 0 ? nil : Int(found) - 1
  }

  /// The slot that holds the state, or the empty one where it belongs.
  private func slot(of state: borrowing PackedState) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash(state)) & mask
    while slots[slot] != 0 {
      if isEqual(Int(slots[slot]) - 1, state) { break }
      slot = (slot + 1) & mask
    }
    return slot
  }

  private func isEqual(_ index: Int, _ state: borrowing PackedState) -> Bool {
    let first = index * wordCount
    for word in 0..<wordCount where records[first + word] != state.words[word] { return false }
    return true
  }

  private func hash(_ state: borrowing PackedState) -> UInt64 {
    var hash: UInt64 = 0x9e37_79b9_7f4a_7c15
    for word in 0..<wordCount {
      let product = (hash ^ state.words[word]).multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
      hash = product.high ^ product.low
    }
    return hash
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    for index in 0..<count { slots[slot(of: self[index])] = UInt32(index + 1) }
  }
}

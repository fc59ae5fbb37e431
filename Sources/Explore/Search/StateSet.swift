// The states that a search has met: packed records in the order of their discovery, and an open-addressing index over
// them.

/// A set of packed states. A state's number is its place; the records double as the search's queue.
struct StateSet {
  /// Records come in blocks, so that growing neither copies them nor keeps room for as many again.
  private static let blockShift = 11
  private static let blockMask = 1 << blockShift - 1

  let wordCount: Int
  private var blocks: [[UInt64]] = []
  /// The low bits: the state's number + 1, 0 for an empty slot. The high bits: as many of its hash as there is room
  /// for, so that most probes of another state end here, without a look at its record.
  private var slots: [UInt32]
  private var numberMask: UInt32
  private(set) var count = 0

  init(wordCount: Int) {
    self.wordCount = wordCount
    slots = [UInt32](repeating: 0, count: 1 << 10)
    numberMask = 1 << 10 - 1
  }

  /// Bytes of the records and of the index.
  var byteCount: Int { blocks.count << Self.blockShift * wordCount * 8 + slots.count * 4 }

  subscript(index: Int) -> PackedState {
    var packed = PackedState()
    let first = (index & Self.blockMask) &* wordCount
    for word in 0..<wordCount { packed.words[word] = blocks[index >> Self.blockShift][first &+ word] }
    return packed
  }

  /// The state's number, and whether it is new.
  mutating func insert(_ state: borrowing PackedState) -> (index: Int, isNew: Bool) { insert(state, hash(state)) }

  /// The same, with the hash at hand.
  mutating func insert(_ state: borrowing PackedState, _ hash: UInt64) -> (index: Int, isNew: Bool) {
    if count * 4 >= slots.count * 3 { grow() }
    let slot = slot(of: state, hash)
    let found = slots[slot] & numberMask
    if found != 0 { return (Int(found) - 1, false) }
    if count & Self.blockMask == 0 {
      blocks.append([])
      blocks[blocks.count - 1].reserveCapacity(1 << Self.blockShift * wordCount)
    }
    let block = count >> Self.blockShift
    for word in 0..<wordCount { blocks[block].append(state.words[word]) }
    count += 1
    slots[slot] = UInt32(count) | tag(hash)
    return (count - 1, true)
  }

  /// The state's number, or nil where it was never met.
  func index(of state: borrowing PackedState) -> Int? {
    let found = slots[slot(of: state, hash(state))] & numberMask
    return found == 0 ? nil : Int(found) - 1
  }

  /// Brings the slot of `hash` into the CPU's cache; several of these at once wait for memory together.
  func touch(_ hash: UInt64) -> UInt32 { slots[Int(truncatingIfNeeded: hash) & (slots.count - 1)] }

  /// The slot that holds the state, or the empty one where it belongs.
  private func slot(of state: borrowing PackedState, _ hash: UInt64) -> Int {
    let mask = slots.count &- 1
    let tag = tag(hash)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let entry = slots[slot]
      if entry & ~numberMask == tag {
        if isEqual(Int(entry & numberMask) &- 1, state) { break }
      }
      slot = (slot &+ 1) & mask
    }
    return slot
  }

  private func isEqual(_ index: Int, _ state: borrowing PackedState) -> Bool {
    let first = (index & Self.blockMask) &* wordCount
    for word in 0..<wordCount where blocks[index >> Self.blockShift][first &+ word] != state.words[word] {
      return false
    }
    return true
  }

  private func tag(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 32) & ~numberMask }

  func hash(_ state: borrowing PackedState) -> UInt64 {
    var hash: UInt64 = 0x9e37_79b9_7f4a_7c15
    for word in 0..<wordCount {
      let product = (hash ^ state.words[word]).multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
      hash = product.high ^ product.low
    }
    return hash
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    // Numbers up to the slots' own count fit, for three quarters of them are in use at most.
    numberMask = UInt32(slots.count - 1)
    let mask = slots.count - 1
    for index in 0..<count {
      let hash = hash(self[index])
      var slot = Int(truncatingIfNeeded: hash) & mask
      while slots[slot] != 0 { slot = (slot &+ 1) & mask }
      slots[slot] = UInt32(index + 1) | tag(hash)
    }
  }
}

// Random numbers from a seed: the same on every machine and in every run.

/// Steele, Lea and Flood's SplitMix64, and what is drawn with it.
package struct Dice: Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  /// A separate stream for `id`: its values do not depend on how many another one has produced.
  package init(seed: UInt64, stream id: Int) {
    var dice = Dice(seed: seed &+ 0xd1b5_4a32_d192_ed03 &* UInt64(truncatingIfNeeded: id &+ 1))
    state = dice.next()
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }

  /// 0 ..< bound; 0 if the bound is 0.
  package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }

  package mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

  /// `percent` times of a hundred.
  package mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  /// One of `choices`, which must not be empty.
  package mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[below(choices.count)] }

  /// By their weights, at least one of which must not be 0.
  package mutating func pick<Choice>(weighted choices: [(weight: Int, choice: Choice)]) -> Choice {
    var left = below(choices.reduce(0) { $0 + $1.weight })
    for (weight, choice) in choices {
      if left < weight { return choice }
      left -= weight
    }
    return choices[choices.count - 1].choice
  }
}

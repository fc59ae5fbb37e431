// What was still done after a search was cut off.

/// The largest number of preemptions that was searched to its end, and random walks after it.
package struct Fallback: Sendable {
  /// Every order with up to this many preemptions was seen; -1: not even those without any.
  package let preemptionsComplete: Int
  package let walks: WalkLimits
  /// What the walks met, with the schedule that met it first.
  package let met: [SearchVerdict: Schedule]
}

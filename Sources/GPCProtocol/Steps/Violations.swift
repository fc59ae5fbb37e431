// The invariants, by what violates them.

/// What one step did wrong, by the invariants of the protocol page.
package struct Violations: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  @inlinable package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Nothing wrong. Spelt out, for an empty literal of an option set is not free in the search's inner loop.
  @inlinable package static var none: Violations { Violations(rawValue: 0) }

  /// A check said yes for a uhva inside a range whose start hook has returned and whose end hook was not yet called.
  package static let contract = Violations(rawValue: 1 << 0)
  /// A check said yes, or a round was accepted, over a page that the uhva no longer maps to, over an error pfn,
  /// or through a khva that is not mapped any more.
  package static let stale = Violations(rawValue: 1 << 1)
}

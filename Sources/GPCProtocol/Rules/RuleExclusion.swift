// Values that one form cannot have together.

/// A value of one rule that leaves another rule no sense: the program would not be what the two say.
package struct RuleExclusion: Sendable {
  package let rule: String
  package let value: Rule.Value
  package let other: String
  /// What `other` cannot be beside it.
  package let excluded: [Rule.Value]
  /// Why not.
  package let reason: String

  private init(_ rule: String, _ value: Rule.Value, _ other: String, not excluded: [Rule.Value], _ reason: String) {
    self.rule = rule
    self.value = value
    self.other = other
    self.excluded = excluded
    self.reason = reason
  }

  package func holds(for rules: ProtocolRules) -> Bool {
    guard let rule = Rule.named(rule), let other = Rule.named(other) else { fatalError("no rule \(rule), \(other)") }
    return rule.value(in: rules) == value && excluded.contains(other.value(in: rules))
  }
}

extension RuleExclusion {
  private static func word(_ word: some RuleWord) -> Rule.Value { .word(word.rawValue) }

  private static func words<Word: RuleWord>(_ words: Word...) -> [Rule.Value] { words.map { .word($0.rawValue) } }

  package static let all = flags + ranges + snapshots + rounds + walks

  private static let flags = [
    RuleExclusion(
      "walk.test", word(WalkRule.Test.needsInvalidation), "has_needs_invalidation", not: [.flag(false)],
      "there is no such field to test"),
    RuleExclusion(
      "retry.reads_flag", .flag(true), "has_needs_invalidation", not: [.flag(false)], "there is no such field to read"),
    RuleExclusion(
      "retry.in_flight", word(RetryRule.InFlight.sectionOverlap), "retry.reads_flag", not: [.flag(true)],
      "the section reads no flag"),
    RuleExclusion(
      "accept_under_invalidate_lock", .flag(true), "wait",
      not: WaitRule.allCases.filter { $0 != .queueBeforeRelock }.map(word), "it waits again where that wait stands"),
    RuleExclusion(
      "accept_under_invalidate_lock", .flag(true), "validity",
      not: words(ValidityRule.trueBeforeTest, .placeholder), "valid would be set before the section"),
    RuleExclusion(
      "accept_under_invalidate_lock", .flag(true), "retry.in_flight",
      not: words(RetryRule.InFlight.sectionOverlap, .pendingUnderLock), "the section has tested that already"),
  ]

  private static let ranges =
    [
      WaitRule.spinOnPending, .relockLoop, .queueAfterUnlock, .queueAfterUnlockToCondition, .queueBeforeSnapshot,
      .queueBeforeRelock, .queueBeforeRelockToTop,
    ].map {
      RuleExclusion("wait", word($0), "range", not: words(RangeRule.none), "it waits while the range covers the uhva")
    } + [
      RuleExclusion(
        "wait", word(WaitRule.spinOnPending), "range", not: words(RangeRule.resetAtZero, .kept),
        "count and range are one step there, and this reads them one by one"),
      RuleExclusion(
        "retry.in_flight", word(RetryRule.InFlight.pending), "range", not: words(RangeRule.none, .resetAtZero, .kept),
        "it reads the fields of the range one by one"),
      RuleExclusion(
        "retry.in_flight", word(RetryRule.InFlight.pendingUnderLock), "range", not: words(RangeRule.none),
        "there is no range to read"),
      RuleExclusion(
        "range", word(RangeRule.keptAtWalk), "walk.place",
        not: words(WalkRule.Place.endHookBeforeCount, .endHookAfterCount),
        "the range is stored at the walk in the start hook"),
    ]

  private static let snapshots = [
    RuleExclusion(
      "retry.reads_seq", .flag(true), "snapshot", not: words(SnapshotPlace.none), "there is no mmu_seq to compare"),
    RuleExclusion(
      "retry.in_flight", word(RetryRule.InFlight.sectionOverlap), "snapshot", not: words(SnapshotPlace.none, .loopTop),
      "its rounds begin without gpc->lock"),
    RuleExclusion(
      "retry.in_flight", word(RetryRule.InFlight.sectionOverlap), "retry.reads_seq", not: [.flag(false)],
      "the section reads the seq"),
  ]

  private static let rounds = [
    RuleExclusion(
      "retry.under_lock", .flag(false), "snapshot", not: words(SnapshotPlace.loopTop),
      "gpc->lock is not held at the top of a round"),
    RuleExclusion(
      "retry.under_lock", .flag(false), "has_needs_invalidation", not: [.flag(true)],
      "the flag is set and read under gpc->lock"),
    RuleExclusion(
      "retry.under_lock", .flag(false), "validity", not: words(ValidityRule.trueBeforeTest, .placeholder),
      "valid is set behind the test"),
    RuleExclusion(
      "retry.under_lock", .flag(false), "has_refresh_lock", not: [.flag(false)],
      "what it swaps in is tested for another uhva there, which the model leaves to refresh_lock"),
    RuleExclusion(
      "retry.under_lock", .flag(false), "accept_under_invalidate_lock", not: [.flag(true)],
      "that section holds gpc->lock from the test on"),
    RuleExclusion(
      "retry.under_lock", .flag(false), "retry.in_flight",
      not: words(RetryRule.InFlight.pendingUnderLock, .sectionOverlap), "its rounds go back to a lock that is not held"),
    RuleExclusion(
      "retry.under_lock", .flag(false), "wait",
      not: words(WaitRule.relockLoop, .queueAfterUnlock, .queueAfterUnlockToCondition, .queueBeforeRelockToTop),
      "it waits where gpc->lock was dropped, which is once"),
  ]

  private static let walks = [
    RuleExclusion(
      "walk.place", word(WalkRule.Place.bothHooks), "walk.test", not: words(WalkRule.Test.valid),
      "the walk in the end hook looks at the flag"),
    RuleExclusion(
      "walk.place", word(WalkRule.Place.bothHooks), "walk.locking", not: words(WalkRule.Locking.bareThenWrite),
      "its bare look is at valid"),
    RuleExclusion(
      "walk.place", word(WalkRule.Place.bothHooks), "guest_uses_pfn", not: [.flag(true)],
      "the walk in the end hook waits for no vCPU"),
    RuleExclusion(
      "walk.locking", word(WalkRule.Locking.bareThenWrite), "walk.test", not: words(WalkRule.Test.needsInvalidation),
      "its bare look is at valid"),
    RuleExclusion(
      "walk.inside_invalidate_lock", .flag(true), "walk.place",
      not: words(WalkRule.Place.endHookBeforeCount, .endHookAfterCount), "the lock is held in the start hook"),
    RuleExclusion(
      "walk.barrier_before", .flag(true), "validity", not: words(ValidityRule.falseBeforeLoop, .placeholder),
      "its partner stands behind valid = true"),
  ]
}

// The rules by name: what the file of a form can say.

/// One of the points in which forms differ.
package struct Rule: Sendable {
  package enum Value: Hashable, Sendable {
    case flag(Bool)
    case word(String)
  }

  /// As a file calls it: `walk.place`.
  package let name: String
  /// Its values: words, or `true` and `false`.
  package let values: [Value]
  private let getter: @Sendable (ProtocolRules) -> Value
  private let setter: @Sendable (inout ProtocolRules, Value) -> Void
  private let kernel: @Sendable (Value) -> String

  /// - Parameters:
  ///   - yes: what the kernel does where it is true.
  ///   - no: and where it is false.
  private init(
    _ name: String, _ path: WritableKeyPath<ProtocolRules, Bool> & Sendable, _ yes: String, else no: String
  ) {
    self.name = name
    values = [.flag(true), .flag(false)]
    getter = { .flag($0[keyPath: path]) }
    setter = { rules, value in
      if case .flag(let flag) = value { rules[keyPath: path] = flag }
    }
    kernel = { $0 == .flag(true) ? yes : no }
  }

  private init<Word: RuleWord>(_ name: String, _ path: WritableKeyPath<ProtocolRules, Word> & Sendable) {
    self.name = name
    values = Word.allCases.map { .word($0.rawValue) }
    getter = { .word($0[keyPath: path].rawValue) }
    setter = { rules, value in
      if case .word(let text) = value, let word = Word(rawValue: text) { rules[keyPath: path] = word }
    }
    kernel = { value in
      guard case .word(let text) = value else { return "" }
      return Word(rawValue: text)?.statement ?? ""
    }
  }

  package func value(in rules: ProtocolRules) -> Value { getter(rules) }

  /// `value` must be one of `values`.
  package func set(_ value: Value, in rules: inout ProtocolRules) {
    precondition(values.contains(value), "\(name) cannot be \(value)")
    setter(&rules, value)
  }

  /// The C of a value, in one line.
  package func statement(_ value: Value) -> String { kernel(value) }
}

/// A rule's value in words.
protocol RuleWord: RawRepresentable<String>, CaseIterable, SendableMetatype {
  /// Its C, in one line.
  var statement: String { get }
}

extension Rule {
  package static let all = [
    Rule("walk.place", \.walk.place),
    Rule("walk.test", \.walk.test),
    Rule("walk.locking", \.walk.locking),
    Rule(
      "walk.tests_pfn", \.walk.testsPFN, "the walk passes over a cache whose pfn is an error",
      else: "the walk does not look at pfn"),
    Rule(
      "walk.inside_invalidate_lock", \.walk.insideInvalidateLock,
      "mn_invalidate_lock is held from mn_active_invalidate_count++ to the end of the walk",
      else: "spin_unlock(mn_invalidate_lock) comes before the walk"),
    Rule(
      "walk.barrier_before", \.walk.barrierBefore,
      "smp_mb() before the walk, and its partner between valid = true and the retry test",
      else: "no barrier"),
    Rule("range", \.range),
    Rule("snapshot", \.snapshot),
    Rule("wait", \.wait),
    Rule(
      "retry.reads_flag", \.retry.readsFlag, "retry if (!gpc->needs_invalidation)",
      else: "not read"),
    Rule("retry.in_flight", \.retry.inFlight),
    Rule(
      "retry.reads_seq", \.retry.readsSeq, "retry if (seq != mmu_seq)",
      else: "not read"),
    Rule(
      "retry.under_lock", \.testsUnderLock,
      "write_lock(gpc->lock), then the retry test; a retry drops it at the loop top",
      else: "the rounds run without gpc->lock; write_lock() behind the test, and pfn, khva and valid are set"),
    Rule("validity", \.validity),
    Rule(
      "has_needs_invalidation", \.hasNeedsInvalidation,
      "gpc->needs_invalidation is set at each loop top; a failed refresh and deactivation clear it",
      else: "no such field"),
    Rule(
      "has_refresh_lock", \.hasRefreshLock,
      "mutex_lock(gpc->refresh_lock) around a refresh, and around what activation and deactivation say",
      else: "no such lock"),
    Rule(
      "accept_under_invalidate_lock", \.acceptsUnderInvalidateLock,
      "behind the wait: spin_lock(mn_invalidate_lock); write_lock(gpc->lock); if (pending) drop both and wait again; accept",
      else: "nothing is tested again behind the wait and the retry test"),
    Rule("activation", \.activation),
    Rule("deactivation", \.deactivation),
    Rule(
      "tests_active", \.testsActive, "check and refresh: if (!gpc->active) return false; return -EINVAL",
      else: "they do not look at gpc->active"),
    Rule(
      "users_test_khva", \.usersTestKHVA, "a user tests khva for NULL after a check that said yes",
      else: "a user takes the yes for khva"),
    Rule("guest_memfd", \.guestMemfd),
    Rule(
      "guest_uses_pfn", \.guestUsesPFN,
      "a vCPU copies pfn and tests active && !valid in guest mode; the walk waits for the vCPUs of caches that it hits",
      else: "no vCPU has a copy of pfn"),
    Rule("seq", \.seq),
    Rule(
      "seq_needs_memslot", \.seqNeedsMemslot, "mmu_invalidate_seq++ only if a memslot overlaps the range",
      else: "mmu_invalidate_seq++ in every end hook"),
    Rule("functions", \.functions),
  ]

  package static func named(_ name: String) -> Rule? { all.first { $0.name == name } }
}

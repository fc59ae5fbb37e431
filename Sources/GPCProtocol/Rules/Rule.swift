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
  private let setter: @Sendable (inout ProtocolRules, Value) -> Void

  private init(_ name: String, _ path: WritableKeyPath<ProtocolRules, Bool> & Sendable) {
    self.name = name
    values = [.flag(true), .flag(false)]
    setter = { rules, value in
      if case .flag(let flag) = value { rules[keyPath: path] = flag }
    }
  }

  private init<Word: RawRepresentable<String> & CaseIterable & SendableMetatype>(
    _ name: String, _ path: WritableKeyPath<ProtocolRules, Word> & Sendable
  ) {
    self.name = name
    values = Word.allCases.map { .word($0.rawValue) }
    setter = { rules, value in
      if case .word(let text) = value, let word = Word(rawValue: text) { rules[keyPath: path] = word }
    }
  }

  /// `value` must be one of `values`.
  package func set(_ value: Value, in rules: inout ProtocolRules) {
    precondition(values.contains(value), "\(name) cannot be \(value)")
    setter(&rules, value)
  }
}

extension Rule {
  package static let all = [
    Rule("walk.place", \.walk.place),
    Rule("walk.test", \.walk.test),
    Rule("walk.locking", \.walk.locking),
    Rule("walk.tests_pfn", \.walk.testsPFN),
    Rule("walk.inside_invalidate_lock", \.walk.insideInvalidateLock),
    Rule("walk.barrier_before", \.walk.barrierBefore),
    Rule("range", \.range),
    Rule("snapshot", \.snapshot),
    Rule("wait", \.wait),
    Rule("retry.reads_flag", \.retry.readsFlag),
    Rule("retry.in_flight", \.retry.inFlight),
    Rule("retry.reads_seq", \.retry.readsSeq),
    Rule("validity", \.validity),
    Rule("has_needs_invalidation", \.hasNeedsInvalidation),
    Rule("has_refresh_lock", \.hasRefreshLock),
    Rule("activation", \.activation),
    Rule("deactivation", \.deactivation),
    Rule("tests_active", \.testsActive),
    Rule("users_test_khva", \.usersTestKHVA),
    Rule("seq", \.seq),
    Rule("seq_needs_memslot", \.seqNeedsMemslot),
    Rule("functions", \.functions),
  ]

  package static func named(_ name: String) -> Rule? { all.first { $0.name == name } }
}

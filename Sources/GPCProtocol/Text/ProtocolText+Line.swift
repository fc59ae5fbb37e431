// A line of a kernel function: it has all that is known of a step.

extension ProtocolText {
  package struct Line: Sendable {
    package enum Kind: Sendable {
      /// What one task does without another being able to come in between.
      case step(TaskStep)
      /// Where others go to.
      case label
      /// Calls the function of that name.
      case call
      /// Goes elsewhere, always or if something holds. Neither this nor the next two are seen by anybody else: they are
      /// no steps.
      case jump(Target)
      case does
      /// A barrier that the memory model leaves nothing to do: read, and passed over. One that does something is a
      /// step.
      case barrier(Barrier)
      /// The operation is over.
      case end
    }

    package let kind: Kind
    /// Group and name, as docs/protocol.md has them; what a label, or the function that is called, is called.
    package let name: String
    /// As reports show it.
    package let statement: String
    /// The function that it is shown in; nil: the one it is in.
    let function: String?
    /// The form has this line.
    package let isOn: Bool
    /// It is passed over where this does not hold.
    let condition: Condition?
    /// A condition that always holds where the task comes to it.
    var known: String?
    package var ways: [(branch: StepBranch, target: Target)]
    package var effect: Effect
    var traits: StepTraits

    /// A statement.
    ///
    /// - Parameters:
    ///   - code: its number, for packed states, coverage and the order of docs/protocol.md: appended, never renumbered.
    ///     Lines of which a form has no more than one share it with the name.
    ///   - takes: the lock that it waits for.
    ///   - isOn: the rule that switches it on.
    ///   - condition: decided when the task comes to it.
    ///   - target: what follows.
    ///   - section: another task may come in before it though lock sections are one step: it takes a lock, or is a bare
    ///     access.
    ///   - told: it says more than its lock does.
    init(
      _ code: UInt8, _ name: String, _ statement: String, takes: Lock? = nil, drops: Lock? = nil, if isOn: Bool = true,
      when condition: Condition? = nil, then target: Target = .next, section: Bool? = nil, phase: UInt8? = nil,
      told: Bool? = nil, others: StepTraits.Concern = .none, marks: StepTraits.Marks = [], in function: String? = nil,
      does: (@Sendable (inout Step<Storage>) -> Void)? = nil
    ) {
      self.init(
        kind: .step(TaskStep(code: code)), name: name, statement: statement, function: function, isOn: isOn,
        condition: condition, ways: [(.done, target)], effect: does.map { .does($0) } ?? .none,
        traits: StepTraits(
          takes: takes, drops: drops, beginsSection: section ?? (takes != nil),
          isTold: told ?? (takes == nil && drops == nil), phase: phase, concern: others, marks: marks))
    }

    /// A test, or another statement that can go more ways than one.
    init(
      _ code: UInt8, _ name: String, _ statement: String, if isOn: Bool = true, section: Bool = false,
      choices: StepTraits.Choices = .one, others: StepTraits.Concern = .none, marks: StepTraits.Marks = [],
      in function: String? = nil, ways: KeyValuePairs<StepBranch, Target>,
      tests: @escaping @Sendable (inout Step<Storage>) -> StepBranch
    ) {
      self.init(
        kind: .step(TaskStep(code: code)), name: name, statement: statement, function: function, isOn: isOn,
        condition: nil, ways: ways.map { ($0.key, $0.value) }, effect: .tests(tests),
        traits: StepTraits(beginsSection: section, choices: choices, concern: others, marks: marks))
    }

    init(label: String) { self.init(kind: .label, name: label) }

    init(call function: String, if isOn: Bool = true) { self.init(kind: .call, name: function, isOn: isOn) }

    init(jump target: Target, when condition: Condition? = nil, if isOn: Bool = true) {
      self.init(kind: .jump(target), name: "", isOn: isOn, condition: condition)
    }

    /// A statement that no other task sees.
    init(local statement: String, if isOn: Bool = true, does: @escaping @Sendable (inout Step<Storage>) -> Void) {
      self.init(kind: .does, name: "", statement: statement, isOn: isOn, effect: .does(does))
    }

    /// A barrier that is no step.
    init(barrier statement: String, orders: String, partner: String?, if isOn: Bool) {
      self.init(
        kind: .barrier(Barrier(orders: orders, partner: partner)), name: statement, statement: statement, isOn: isOn)
    }

    /// The operation is over.
    static var end: Line { Line(kind: .end, name: "") }

    private init(
      kind: Kind, name: String, statement: String = "", function: String? = nil, isOn: Bool = true,
      condition: Condition? = nil, ways: [(branch: StepBranch, target: Target)] = [], effect: Effect = .none,
      traits: StepTraits = StepTraits()
    ) {
      self.kind = kind
      self.name = name
      self.statement = statement
      self.function = function
      self.isOn = isOn
      self.condition = condition
      self.ways = ways
      self.effect = effect
      self.traits = traits
    }
  }

  package enum Effect: Sendable {
    case none
    case does(@Sendable (inout Step<Storage>) -> Void)
    /// Chooses one of the line's ways.
    case tests(@Sendable (inout Step<Storage>) -> StepBranch)
  }

  /// What no other task decides, or what a lock that is held guards.
  package struct Condition: Sendable {
    let name: String
    /// Where this one does not hold, neither does it.
    let needed: String?
    let holds: @Sendable (inout Step<Storage>) -> Bool

    init(_ name: String, needs: String? = nil, _ holds: @escaping @Sendable (inout Step<Storage>) -> Bool) {
      self.name = name
      needed = needs
      self.holds = holds
    }
  }
}

/// What a barrier is for.
package struct Barrier: Hashable, Sendable {
  package let orders: String
  /// The barrier that it pairs with, if the C names one.
  package let partner: String?
}

/// Where a task goes from a line.
package enum Target: Hashable, Sendable, ExpressibleByStringLiteral {
  /// To the line below.
  case next
  /// To the line after the call.
  case `return`
  /// To the label, or the step, of this name.
  case to(String)

  package init(stringLiteral name: String) { self = .to(name) }
}

/// The locks of the protocol. `gpc->lock` twice: for read and for write.
package enum Lock: UInt8, Sendable {
  case invalidate, list, mmu, refresh, read, write
  /// No lock: `vcpu->mode`, which the walk waits for as for one.
  case guest
}

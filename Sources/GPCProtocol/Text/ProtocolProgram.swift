// A form's text, and what it was compiled to for the search.

package final class ProtocolProgram: Sendable {
  package let rules: ProtocolRules
  let text: ProtocolText<ProtocolState>
  let search: StepTable<ProtocolState>
  /// By `TaskStep.code`.
  package let traits: [StepTraits]

  /// - Parameter edit: changes the text that is searched; a recording is driven by the text as its rules make it.
  init(_ rules: ProtocolRules, edit: ((inout ProtocolText<ProtocolState>) -> Void)?) {
    self.rules = rules
    var text = ProtocolText<ProtocolState>(rules)
    edit?(&text)
    self.text = text
    search = StepTable(text)
    traits = search.traits
  }
}

extension ProtocolProgram {
  /// A step of the form in words.
  package struct Words: Sendable {
    /// Group and name, such as `walk.test`.
    package let name: String
    /// The kernel function; `mm` between the hooks.
    package let function: String
    /// The statement, as that function would have it.
    package let statement: String
  }

  /// The step of that name, such as `walk.test`; nil where the form has none.
  package func step(_ name: String) -> TaskStep? { search.facts.first { $0.name == name }?.step }

  package func words(_ step: TaskStep) -> Words {
    guard let facts = search.facts.first(where: { $0.step == step }) else {
      return Words(name: "done", function: "", statement: "done")
    }
    return Words(name: facts.name, function: facts.function, statement: facts.statement)
  }

  /// The same, in an operation: guest_memfd's invalidation calls the mmu_notifier's lines by names of its own.
  package func words(_ step: TaskStep, in operation: TaskOperation) -> Words {
    let words = words(step)
    guard operation.kind == .punchHole else { return words }
    let frees = traits[Int(step.code)].has(.freesPages)
    return Words(
      name: words.name, function: FunctionName.ofFile(words.function),
      statement: frees ? "truncate_inode_pages_range()" : words.statement)
  }

  /// Does an operation come to this step in some order?
  package func has(_ step: TaskStep, in operation: TaskOperation) -> Bool {
    search.facts.contains { $0.step == step && operation.kind.parts.contains($0.operation) }
  }

  /// It does more than taking or dropping a lock.
  package func isTold(_ step: TaskStep) -> Bool { traits[Int(step.code)].isTold }

  /// The first step of an invalidation.
  package var firstOfInvalidation: TaskStep { search.entry(.invalidate) }

  /// Every step that a task can come to, in code order, the end last.
  package var steps: [TaskStep] { search.facts.map(\.step).sorted { $0.code < $1.code } + [.finished] }

  /// Every branch that a task can take, in code order.
  package var branches: [ProtocolBranch] {
    search.facts.sorted { $0.step.code < $1.step.code }.flatMap { facts in
      facts.branches.map { ProtocolBranch(facts.step, $0) }
    }
  }

  /// Step, way and what follows, as far as one cache goes.
  package struct Edge: Hashable, Sendable {
    package let step: TaskStep
    package let branch: StepBranch
    /// nil: the operation is over.
    package let next: TaskStep?

    package init(step: TaskStep, branch: StepBranch, next: TaskStep?) {
      self.step = step
      self.branch = branch
      self.next = next
    }
  }

  package var edges: Set<Edge> {
    Set(
      search.facts.flatMap { facts in
        facts.branches.flatMap { branch in
          search.followers(facts, branch).map { Edge(step: facts.step, branch: branch, next: $0) }
        }
      })
  }

  /// The walk's question for one more cache: no is the answer where one is told of.
  static let another = "another cache is on the list"

  static let memslot = "a memslot overlaps the range"

  /// And for one more vCPU: where there is one cache there is one vCPU.
  static let noGuestIsLeft = "no vCPU is left to wait for"
}

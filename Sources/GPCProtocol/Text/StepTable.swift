// A form's text, compiled: what each step does, and what follows it each way.

/// By `TaskStep.code`. What stands between two steps and is none itself (a jump, a condition, a statement that nobody
/// sees) has the numbers behind.
package final class StepTable<Storage: ProtocolStorage>: Sendable {
  typealias Text = ProtocolText<Storage>

  /// Decided, or done, on the way from one step to the next.
  struct Link: Sendable {
    fileprivate(set) var holds: (@Sendable (inout Step<Storage>) -> Bool)?
    fileprivate(set) var does: (@Sendable (inout Step<Storage>) -> Void)?
    /// The operation is over.
    fileprivate(set) var isEnd = false
    /// Where it goes if the condition holds, and if not.
    fileprivate(set) var yes: UInt8 = 0
    fileprivate(set) var no: UInt8 = 0
  }

  /// A step of the form, for people.
  struct Facts: Sendable {
    let step: TaskStep
    let name: String
    let function: String
    let statement: String
    let branches: [StepBranch]
    /// The operation in whose functions it is.
    let operation: CompiledOperation.Kind
    fileprivate let condition: String?
  }

  static var stepCount: Int { 128 }

  let traits: [StepTraits]
  let effects: [Text.Effect]
  /// By code and branch.
  private let next: [UInt8]
  let links: [Link]
  /// What each link asks. Apart from the links: a text costs whoever reads it a count of references.
  private let conditions: [(name: String, needed: String?)?]
  /// By operation.
  private let entries: [UInt8]
  /// In the order of the text.
  let facts: [Facts]

  init(_ text: Text) {
    var linker = Linker(text)
    entries = CompiledOperation.Kind.allCases.map { linker.entry($0) }
    linker.link()
    traits = linker.traits
    effects = linker.effects
    next = linker.next
    links = linker.links
    conditions = linker.conditions
    facts = linker.facts
  }

  @inline(__always)
  func next(_ code: Int, _ branch: StepBranch) -> UInt8 { next[code &* StepBranch.count &+ branch.place] }

  /// The first step of an operation.
  func entry(_ kind: CompiledOperation.Kind) -> TaskStep { TaskStep(code: entries[Int(kind.rawValue)]) }
}

/// Puts the functions that an operation calls in the place of the calls, and finds out where each line leads.
private struct Linker<Storage: ProtocolStorage> {
  typealias Text = ProtocolText<Storage>
  typealias Table = StepTable<Storage>

  private struct Placed {
    var line: Text.Line
    /// Where it returns to.
    let returnPlace: Int
  }

  private let text: Text
  private var placed: [Placed] = []
  /// The positions of steps and labels.
  private var places: [String: Int] = [:]
  private var starts: [CompiledOperation.Kind: Int] = [:]
  /// What others go on with at each place: a step's code, or a link's number.
  private var numbers: [Int: UInt8] = [:]

  var traits = [StepTraits](repeating: StepTraits(beginsSection: true), count: Table.stepCount)
  var effects = [Text.Effect](repeating: .none, count: Table.stepCount)
  var next = [UInt8](repeating: TaskStep.finished.code, count: Table.stepCount * StepBranch.count)
  var links: [Table.Link] = []
  var conditions: [(name: String, needed: String?)?] = []
  private var isTaken = [Bool](repeating: false, count: Table.stepCount)
  var facts: [Table.Facts] = []

  init(_ text: Text) {
    self.text = text
    for kind in CompiledOperation.Kind.allCases where kind != .use {
      starts[kind] = placed.count
      for name in Text.functions(of: kind) { place(text.function(name), phase: 0, kind) }
      placed.append(Placed(line: .end, returnPlace: 0))
    }
    starts[.use] = starts[.check]
    starts[.runGuest] = starts[.check]
  }

  private mutating func place(_ function: Text.Function, phase: UInt8, _ operation: CompiledOperation.Kind) {
    let lines = function.lines.filter(\.isOn)
    let first = placed.count
    for var line in lines {
      let phase = line.traits.ownPhase ?? function.phase ?? phase
      switch line.kind {
      case .call:
        place(text.function(line.name), phase: phase, operation)
        continue
      case .step(let step):
        precondition(
          places[line.name] == nil && !isTaken[Int(step.code)], "\(line.name), or its number, is there twice")
        isTaken[Int(step.code)] = true
        line.traits.phase = phase
        line.traits.gpc = function.gpc
        line.traits.beginsSection = line.traits.beginsSection || function.isBare
        facts.append(
          Table.Facts(
            step: step, name: line.name, function: line.function ?? function.name, statement: line.statement,
            branches: line.ways.map(\.branch), operation: operation,
            condition: line.condition?.name ?? line.known))
        places[line.name] = placed.count
      case .label: places[line.name] = placed.count
      case .jump, .does, .barrier, .end: break
      }
      placed.append(Placed(line: line, returnPlace: -1))
    }
    let end = placed.count
    for index in first..<end where placed[index].returnPlace < 0 {
      placed[index] = Placed(line: placed[index].line, returnPlace: end)
    }
  }

  mutating func entry(_ kind: CompiledOperation.Kind) -> UInt8 {
    guard let start = starts[kind] else { fatalError("no text of \(kind)") }
    let entry = number(start)
    precondition(Int(entry) < Table.stepCount, "\(kind) does not begin with a step")
    return entry
  }

  mutating func link() {
    for index in placed.indices {
      guard case .step(let step) = placed[index].line.kind else { continue }
      let line = placed[index].line
      traits[Int(step.code)] = line.traits
      effects[Int(step.code)] = line.effect
      for way in line.ways {
        next[Int(step.code) * StepBranch.count + way.branch.place] = number(place(way.target, from: index))
      }
    }
  }

  private func place(_ target: Target, from index: Int) -> Int {
    switch target {
    case .next: return index + 1
    case .return: return placed[index].returnPlace
    case .to(let name):
      guard let place = places[name] else {
        fatalError("\(placed[index].line.name) goes to \(name), which is not there")
      }
      return place
    }
  }

  /// What a task that comes to this place goes on with.
  private mutating func number(_ place: Int) -> UInt8 {
    if let known = numbers[place] { return known }
    let line = placed[place].line
    switch line.kind {
    case .step(let step):
      guard let condition = line.condition else { return step.code }
      return link(place, condition, { _ in }, yes: { _ in step.code }, no: { $0.number(place + 1) })
    case .label, .call, .barrier: return number(place + 1)
    case .jump(let target):
      guard let condition = line.condition else { return number(self.place(target, from: place)) }
      return link(
        place, condition, { _ in }, yes: { $0.number($0.place(target, from: place)) },
        no: { $0.number(place + 1) })
    case .does:
      guard case .does(let does) = line.effect else { fatalError("a statement that does nothing") }
      return link(place, nil, { $0.does = does }, yes: { $0.number(place + 1) }, no: nil)
    case .end: return link(place, nil, { $0.isEnd = true }, yes: { _ in TaskStep.finished.code }, no: nil)
    }
  }

  private mutating func link(
    _ place: Int, _ condition: Text.Condition?, _ set: (inout Table.Link) -> Void, yes: (inout Self) -> UInt8,
    no: ((inout Self) -> UInt8)?
  ) -> UInt8 {
    let index = links.count
    precondition(index < 128, "too many links")
    var link = Table.Link()
    link.holds = condition?.holds
    set(&link)
    links.append(link)
    conditions.append(condition.map { ($0.name, $0.needed) })
    numbers[place] = UInt8(Table.stepCount + index)
    let yes = yes(&self)
    links[index].yes = yes
    links[index].no = no.map { $0(&self) } ?? yes
    return UInt8(Table.stepCount + index)
  }
}

extension StepTable {
  /// What can follow a step that went this way, in no order: other steps, or nil for the end of the operation. There is
  /// one cache, and a condition that led to the step still holds.
  func followers(_ facts: Facts, _ branch: StepBranch) -> [TaskStep?] {
    var known = [ProtocolProgram.another: false]
    if let condition = facts.condition { known[condition] = true }
    return followers(next(Int(facts.step.code), branch), known)
  }

  private func followers(_ number: UInt8, _ known: [String: Bool]) -> [TaskStep?] {
    guard Int(number) >= Self.stepCount else { return [TaskStep(code: number)] }
    let link = links[Int(number) - Self.stepCount]
    if link.isEnd { return [nil] }
    guard let (condition, needed) = conditions[Int(number) - Self.stepCount] else { return followers(link.yes, known) }
    let mayHold = needed.map { known[$0] ?? true } ?? true
    return [true, false].filter { known[condition] ?? $0 == $0 && (mayHold || !$0) }.flatMap { holds in
      followers(holds ? link.yes : link.no, known.merging([condition: holds]) { $1 })
    }
  }
}

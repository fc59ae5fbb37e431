// A function of the text as it is read, for people.

extension ProtocolProgram {
  /// A line that the form has. Labels that nothing of the form goes to are left out.
  package struct Listed: Sendable {
    package enum Kind: Sendable {
      case step, label, call, local, barrier, jump
    }

    package let kind: Kind
    /// Of a step or a label its name, of a call the function's; else what it says.
    package let name: String
    package let statement: String
    /// Where a test leads, other than to the next line.
    package let ways: String
    /// What must hold, or it is passed over.
    package let condition: String?
  }

  /// The functions that the form has, in the order of the text.
  package var functions: [String] {
    text.functions.filter { $0.lines.contains { $0.isOn && step($0.name) != nil } }.map(\.name)
  }

  /// In the order of the text.
  package func listing(of function: String) -> [Listed] {
    // Of what is called: a function that the form does not call goes nowhere.
    let lines = text.functions.flatMap(\.lines).filter { $0.isOn && step($0.name) != nil }
    var targets: [Target] = lines.flatMap { line in line.ways.map(\.target) }
    let ownLines = text.function(function).lines.filter(\.isOn)
    for case .jump(let target) in ownLines.map(\.kind) { targets.append(target) }
    return ownLines.compactMap { line in
      switch line.kind {
      case .step: listed(.step, line.name, line)
      case .label: targets.contains(Target.to(line.name)) ? listed(.label, line.name, line) : nil
      case .call: listed(.call, line.name, line)
      case .does: listed(.local, line.statement, line)
      case .barrier: listed(.barrier, line.name, line)
      case .jump(let target): listed(.jump, target.words ?? "", line)
      case .end: listed(.jump, "return", line)
      }
    }
  }

  private func listed(_ kind: Listed.Kind, _ name: String, _ line: ProtocolText<ProtocolState>.Line) -> Listed {
    let ways = line.ways.compactMap { way in way.target.words.map { "\(way.branch.rawValue): \($0)" } }
    return Listed(
      kind: kind, name: name, statement: line.statement, ways: ways.joined(separator: ", "),
      condition: line.condition?.name)
  }
}

extension ProtocolProgram {
  /// A barrier of the form that is not a step, and its position.
  package struct PlacedBarrier: Hashable, Sendable {
    package let statement: String
    package let barrier: Barrier
    package let function: String
    /// The step above it in its function; nil: it is at the head.
    package let behind: String?
  }

  /// In the order of the text.
  package var barriers: [PlacedBarrier] {
    // Functions that the form calls: a step of them is placed.
    let called = text.functions.filter { $0.lines.contains { $0.isOn && step($0.name) != nil } }
    return called.flatMap { function in
      var behind: String?
      return function.lines.filter(\.isOn).compactMap { line -> PlacedBarrier? in
        if case .step = line.kind { behind = line.name }
        guard case .barrier(let barrier) = line.kind else { return nil }
        return PlacedBarrier(statement: line.name, barrier: barrier, function: function.name, behind: behind)
      }
    }
  }
}

extension Target {
  /// nil: the line below.
  fileprivate var words: String? {
    switch self {
    case .next: nil
    case .return: "return"
    case .to(let name): name
    }
  }
}

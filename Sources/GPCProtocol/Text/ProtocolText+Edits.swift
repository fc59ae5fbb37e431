// Edits of the protocol's text: what makes a mutant. For tests and the simulated kernel.

extension ProtocolText {
  /// Where the line of this name stands that the form has; a call is named after the function.
  private func place(_ name: String) -> (function: Int, line: Int) {
    for (function, text) in functions.enumerated() {
      if let line = text.lines.firstIndex(where: { $0.name == name && $0.isOn }) { return (function, line) }
    }
    fatalError("the text has no line \(name)")
  }

  /// The line of this name, to be changed.
  package subscript(name: String) -> Line {
    get {
      let (function, line) = place(name)
      return functions[function].lines[line]
    }
    set {
      let (function, line) = place(name)
      functions[function].lines[line] = newValue
    }
  }

  package mutating func drop(_ name: String) {
    let (function, line) = place(name)
    functions[function].lines.remove(at: line)
  }

  package mutating func swap(_ name: String, _ other: String) {
    let (line, otherLine) = (self[name], self[other])
    let (place, otherPlace) = (place(name), self.place(other))
    functions[place.function].lines[place.line] = otherLine
    functions[otherPlace.function].lines[otherPlace.line] = line
  }

  /// Puts lines, in this order, after another one.
  package mutating func move(_ names: String..., behind other: String) {
    let lines = names.map { self[$0] }
    for name in names { drop(name) }
    let (function, line) = place(other)
    functions[function].lines.insert(contentsOf: lines, at: line + 1)
  }

  /// Lets a line lead elsewhere.
  package mutating func send(_ name: String, _ branch: StepBranch = .done, to target: Target) {
    self[name].ways = self[name].ways.map { $0.branch == branch ? (branch, target) : $0 }
  }
}

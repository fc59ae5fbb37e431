// A form's program as a terminal shows it, in the order of the C, and two of them side by side.

import GPCProtocol
import TextLayout

/// The functions of a form, each as its lines.
package struct ProgramListing: Sendable {
  package struct Function: Sendable {
    package let name: String
    package let lines: [Line]
  }

  /// The content of a line, and where it leads.
  package struct Line: Hashable, Sendable {
    /// Of a step its name, of a label `name:`; else empty.
    package let name: String
    package let statement: String
    /// Where a test leads, if not to the next line.
    package let ways: String

    fileprivate var words: String {
      [name, statement, ways.isEmpty ? "" : "(\(ways))"].filter { !$0.isEmpty }.joined(separator: "  ")
    }
  }

  package let form: ProtocolForm
  package let functions: [Function]

  package init(_ form: ProtocolForm) {
    self.form = form
    functions = form.program.functions.map { name in
      Function(name: name, lines: form.program.listing(of: name).map(Self.line))
    }
  }

  private static func line(_ listed: ProtocolProgram.Listed) -> Line {
    let condition = listed.condition.map { "if \($0): " } ?? ""
    switch listed.kind {
    case .step:
      let isPlain = listed.ways.hasPrefix("done: ")
      let ways = isPlain ? "then \(listed.ways.dropFirst(6))" : listed.ways
      return Line(name: listed.name, statement: condition + listed.statement, ways: ways)
    case .label: return Line(name: "\(listed.name):", statement: "", ways: "")
    case .call: return Line(name: "", statement: condition + listed.name, ways: "")
    case .local: return Line(name: "", statement: condition + listed.statement, ways: "")
    case .barrier: return Line(name: "", statement: listed.name, ways: "")
    case .jump:
      let goes = listed.name == "return" ? "return" : "goto \(listed.name)"
      return Line(name: "", statement: condition + goes, ways: "")
    }
  }

  package func text() -> [String] {
    var table = TextTable()
    for function in functions {
      table.appendHeading("", column: 0)
      table.appendHeading(function.name, column: 0)
      for line in function.lines {
        let name = line.name.hasSuffix(":") ? "  \(line.name)" : "    \(line.name)"
        table.append([name, line.statement, line.ways.isEmpty ? "" : "(\(line.ways))"])
      }
    }
    return heading + table.lines()
  }

  private var heading: [String] { ["\(form.id): \(form.title)", form.source] }

  /// The functions in which the two differ, side by side; of the others only the names.
  package func difference(from other: ProgramListing) -> [String] {
    var table = TextTable()
    table.append([form.id, "", other.form.id])
    var same: [String] = []
    for name in functionNames(with: other) {
      let (left, right) = (lines(of: name), other.lines(of: name))
      if left == right {
        same.append(name)
        continue
      }
      table.appendHeading("", column: 0)
      table.appendHeading(name, column: 0)
      for row in Self.rows(left, right) { table.append(row) }
    }
    let rest = same.isEmpty ? [] : ["", "the same in both: \(same.joined(separator: ", "))"]
    return table.lines() + rest
  }

  private func lines(of name: String) -> [Line] { functions.first { $0.name == name }?.lines ?? [] }

  /// In the order of the text, which is that of either.
  private func functionNames(with other: ProgramListing) -> [String] {
    var names = functions.map(\.name)
    for (index, function) in other.functions.enumerated() where !names.contains(function.name) {
      let before = other.functions[..<index].last { names.contains($0.name) }
      let place = before.flatMap { names.firstIndex(of: $0.name) }.map { $0 + 1 } ?? 0
      names.insert(function.name, at: place)
    }
    return names
  }

  /// `<` follows what only the left one has, `>` before what only the right one has.
  private static func rows(_ left: [Line], _ right: [Line]) -> [[String]] {
    let changes = right.difference(from: left)
    var (removed, inserted): (Set<Int>, Set<Int>) = ([], [])
    for change in changes {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var rows: [[String]] = []
    var (place, otherPlace) = (0, 0)
    while place < left.count || otherPlace < right.count {
      let isRemoved = place < left.count && removed.contains(place)
      let isInserted = otherPlace < right.count && inserted.contains(otherPlace)
      switch (isRemoved, isInserted) {
      case (true, true): rows.append(["  " + left[place].words, "|", right[otherPlace].words])
      case (true, false): rows.append(["  " + left[place].words, "<", ""])
      case (false, true): rows.append(["", ">", right[otherPlace].words])
      case (false, false): rows.append(["  " + left[place].words, "", right[otherPlace].words])
      }
      if isRemoved || !isInserted { place += 1 }
      if isInserted || !isRemoved { otherPlace += 1 }
    }
    return rows
  }
}

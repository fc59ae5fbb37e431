// `explore TRACE`: the windows of a recording, form by form.

import Explore
import GPCProtocol
import KVMEvents
import Pipeline
import Report
import Results
import TextLayout
import TraceStore

extension ExploreCommand {
  func exploreTrace(_ trace: String, _ forms: [(form: ProtocolForm, word: String)]) throws -> SearchStatus {
    let source = try Recording(options.request(trace), kernel: kernel.asked(), .terminal)
    let blindSpots = try source.database.blindSpots()
    let interrupt = Interrupt()
    let search = search(limits.budget(interrupt))
    var status = SearchStatus()
    var documents: [any Encodable] = []
    // Form by form, each printed as soon as it is known: the searches take longer than reading the events again.
    for (index, (form, word)) in forms.enumerated() {
      guard status.goesOn(search.budget.deadline, forms[index...].map(\.form)) else { break }
      let exploration = try source.explore(form, search)
      if let window, window > exploration.windowCount {
        throw fail("\(inputName(trace)) has \(exploration.windowCount) windows, no window \(window).")
      }
      let lines = try show(exploration, blindSpots, word, source, search)
      if json {
        documents.append(exploration.document)
      } else {
        try printOut((index > 0 ? "\n" : "") + lines.joined(separator: "\n") + "\n")
      }
      status.add(
        hasVerdicts: exploration.hasFaults, isComplete: exploration.isComplete && blindSpots.isEmpty)
    }
    if json { try printOut(JSONReport.text(SearchDocuments(forms: documents))) }
    interrupt.deliver()
    return status
  }

  private func search(_ budget: SearchBudget) -> SearchRequest {
    var search = SearchRequest(bound: delta, budget: budget)
    search.seed = seed
    search.counterexamplesMax = findings.max ?? .max
    search.onlyWindow = window
    return search
  }

  /// Stores what was found, unless it is of one window only, or less than is stored, and gives the lines to print.
  private func show(
    _ exploration: TraceExploration, _ blindSpots: [String], _ word: String, _ source: Recording,
    _ search: SearchRequest
  ) throws -> [String] {
    var summary = exploration.text() + (try recordedFindings(source))
    summary.insert(contentsOf: blindSpots, at: 2)
    var lines = folded(summary, width: Terminal.width)
    let name = source.path ?? ([trace ?? "-"] + options.request(trace ?? "-").arguments).joined(separator: " ")
    let place = try source.database.facts().eventPlace
    var rows: [CounterexampleRow] = []
    var shown: [String] = []
    for found in exploration.counterexamples() {
      let counterexample = found.counterexample
      let again = again(exploration.form, word, "\(name)\(deltaWords) --window \(found.window)")
      let passes = counterexample.whatPasses(search.budget.limits())
      // Narrow enough for every terminal: `explain` prints it as it is stored.
      let stored = counterexample.text(passes, place: place, again: again, width: CounterexampleRow.textWidth)
      rows.append(CounterexampleRow(found, text: stored))
      let lines = counterexample.text(passes, place: place, again: again, width: Terminal.width)
      shown.append(lines.joined(separator: "\n"))
    }
    // A look at one window does not replace what was found in all of them.
    guard window == nil else { return lines + shown.flatMap { ["", $0] } }
    let stored = try source.database.store(ExplorationRow(exploration), rows)
    switch stored {
    case .stored(let numbers):
      for (number, text) in zip(numbers, shown) {
        lines += ["", "#\(number)  \(text)"]
        if let path = source.path { lines.append("Stored:    gpc-replay explain \(shellWord(path)) \(number)") }
      }
    case .formerIsMore(let completeCount):
      lines += shown.flatMap { ["", $0] }
      lines += ["", "not stored: the search that is there saw \(plural(completeCount, "window")) to the end"]
    }
    return lines
  }

  /// What the recorded kernel did is another question: a form can be clean where it was not.
  private func recordedFindings(_ source: Recording) throws -> [String] {
    let count = try source.database.recordedFindingCount()
    if count == 0 { return [] }
    return ["the recorded kernel itself: \(count) findings in the recorded order (gpc-replay replay tells)"]
  }

  private var deltaWords: String { delta.map { " --delta \($0.text)" } ?? "" }
}

/// A document for each form.
struct SearchDocuments: Encodable {
  let forms: [any Encodable]

  private enum CodingKeys: CodingKey { case forms }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    var list = container.nestedUnkeyedContainer(forKey: .forms)
    for form in forms { try list.encode(form) }
  }
}

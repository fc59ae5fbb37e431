// `explore TRACE`: the windows of a recording, form by form.

import ArgumentParser
import Explore
import GPCProtocol
import KVMEvents
import Replay
import Report
import TraceStore

extension ExploreCommand {
  func exploreTrace(_ trace: String, _ forms: [(form: ProtocolForm, word: String)]) throws {
    let source = try RecordingSource(trace, options, kernel: kernel.asked())
    do {
      let replay = try replayOptions(source)
      let blindSpots = try source.blindSpots()
      let tasks = try source.database.tasks()
      var status = SearchStatus()
      // Form by form, each told as soon as it is known: the searches take longer than reading the events again.
      for (index, (form, word)) in forms.enumerated() {
        var explorer = WindowExplorer(form, settings(replay)) { tasks[Int($0)].label.printable }
        try source.forEachWindow(replay) { explorer.explore($0) }
        let exploration = explorer.exploration
        if let window, window > exploration.windowCount {
          throw fail("\(inputName(trace)) has \(exploration.windowCount) windows, no window \(window).")
        }
        var lines = try show(exploration, word, source)
        lines.insert(contentsOf: blindSpots, at: 2)
        try printOut((index > 0 ? "\n" : "") + lines.joined(separator: "\n") + "\n")
        status.add(
          hasVerdicts: !exploration.verdictCounts.isEmpty, isComplete: exploration.isComplete && blindSpots.isEmpty)
      }
      try status.throwIfAny()
    } catch let error as TraceStoreError {
      throw fail(error.sentence)
    }
  }

  private func replayOptions(_ source: RecordingSource) throws -> ReplayOptions {
    try source.replayOptions(delta: delta)
  }

  private func settings(_ replay: ReplayOptions) -> WindowExplorer.Settings {
    var settings = WindowExplorer.Settings(delta: delta, replay: replay, limits: limits, seed: seed)
    settings.counterexamplesMax = findingsMax
    settings.onlyWindow = window
    return settings
  }

  /// Stores what was found, unless it is of one window only, and gives the lines to print.
  private func show(_ exploration: TraceExploration, _ word: String, _ source: RecordingSource) throws -> [String] {
    var lines = exploration.text() + (try recordedFindings(source))
    let name = source.path ?? ([trace ?? "-"] + options.readingArguments).joined(separator: " ")
    let place = try source.database.facts().eventPlace
    let rows = exploration.counterexamples().map { found in
      let again = again(exploration.form, word, "\(name)\(deltaWords) --window \(found.window)")
      return CounterexampleRow(found, text: found.counterexample.text(limits.value, place: place, again: again))
    }
    // A look at one window does not replace what was found in all of them.
    guard window == nil else { return lines + rows.flatMap { ["", $0.text] } }
    let numbers = try source.database.store(ExplorationRow(exploration), rows, toolVersion: Tool.version)
    for (number, row) in zip(numbers, rows) {
      lines += ["", "#\(number)  \(row.text)"]
      if let path = source.path { lines.append("Stored:    gpc-replay explain \(path) --finding \(number)") }
    }
    return lines
  }

  /// What the recorded kernel did is another question: a form can be clean where it was not.
  private func recordedFindings(_ source: RecordingSource) throws -> [String] {
    let row = try source.database.statement(
      "SELECT count(*) FROM finding WHERE kind IN ('contract', 'stale', 'divergence')")
    guard try row.step(), row.integer(0) > 0 else { return [] }
    return ["the recorded kernel itself: \(row.integer(0)) findings in the recorded order (gpc-replay replay tells)"]
  }

  private var deltaWords: String {
    switch delta {
    case nil: ""
    case .infinite: " --delta inf"
    case .span(let span): " --delta \(span.ns)ns"
    }
  }
}

extension RecordingSource {
  /// How the recording is replayed for its windows.
  func replayOptions(delta: DeltaArgument?) throws -> ReplayOptions {
    var arguments = try ReplayArguments.parse([])
    arguments.delta = delta?.duration
    return try arguments.options(for: database)
  }
}

extension WindowExplorer.Settings {
  /// - Parameter replay: what the recording was replayed with.
  init(delta: DeltaArgument?, replay: ReplayOptions, limits: SearchLimitOptions, seed: UInt64) {
    let isInfinite = delta?.isInfinite ?? false
    self.init(order: isInfinite ? .program : .recorded(MomentOrder(deltaNs: replay.deltaNs), replay.stampUnit))
    self.limits = limits.value(orElse: SearchLimits(statesMax: 200_000))
    // A storm has many windows that are cut off: what follows must not cost more than the search.
    walkLimits = WalkLimits(seed: seed, walkCount: 50, statesMax: 50_000)
  }
}

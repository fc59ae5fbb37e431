// `explore TRACE`: the windows of a recording, form by form.

import ArgumentParser
import Explore
import GPCProtocol
import KVMEvents
import Replay
import TraceStore

extension ExploreCommand {
  func exploreTrace(_ trace: String, _ forms: [ProtocolForm]) throws {
    let source = try RecordingSource(trace, options)
    do {
      let replay = try replayOptions(source)
      let tasks = try source.database.tasks()
      var explorers = forms.map { form in
        WindowExplorer(form, settings(replay.deltaNs)) { task in
          let named = tasks[Int(task)]
          return "\(String(decoding: named.comm, as: UTF8.self))-\(named.pid)"
        }
      }
      try source.forEachWindow(replay) { window in
        for index in explorers.indices { explorers[index].explore(window) }
      }
      let windowCount = explorers.first?.exploration.windowCount ?? 0
      if let window, window > windowCount { throw fail("\(trace) has \(windowCount) windows, no window \(window).") }
      var status = SearchStatus()
      for (index, explorer) in explorers.enumerated() {
        if index > 0 { print() }
        try show(explorer.exploration, source)
        status.add(
          hasVerdicts: !explorer.exploration.verdictCounts.isEmpty, isComplete: explorer.exploration.isComplete)
      }
      try status.throwIfAny()
    } catch let error as TraceStoreError {
      throw fail(error.sentence)
    }
  }

  private func replayOptions(_ source: RecordingSource) throws -> ReplayOptions {
    var arguments = try ReplayArguments.parse([])
    arguments.delta = delta?.duration
    return try arguments.options(for: source.database)
  }

  private func settings(_ deltaNs: Int64) -> WindowExplorer.Settings {
    let isInfinite = delta?.isInfinite ?? false
    var settings = WindowExplorer.Settings(order: isInfinite ? .program : .recorded(MomentOrder(deltaNs: deltaNs)))
    settings.limits = limits.value
    settings.walkLimits.seed = seed
    settings.counterexamplesMax = findingsMax
    settings.onlyWindow = window
    return settings
  }

  private func show(_ exploration: TraceExploration, _ source: RecordingSource) throws {
    for line in exploration.text() { print(line) }
    let found = exploration.counterexamples()
    let name = source.path ?? trace ?? "-"
    let rows = found.map { found in
      let again = again(exploration.form, "\(name)\(deltaWords) --window \(found.window)")
      return CounterexampleRow(found, text: found.counterexample.text(limits.value, again: again))
    }
    // A look at one window does not replace what was found in all of them.
    guard window == nil else {
      for row in rows { print("\n\(row.text)") }
      return
    }
    let numbers = try source.database.store(ExplorationRow(exploration), rows, toolVersion: Tool.version)
    for (number, row) in zip(numbers, rows) {
      print("\n#\(number)  \(row.text)")
      if let path = source.path { print("Stored:    gpc-replay explain \(path) --finding \(number)") }
    }
  }

  private var deltaWords: String {
    switch delta {
    case nil: ""
    case .infinite: " --delta inf"
    case .span(let span): " --delta \(span.ns)ns"
    }
  }
}

// A recording drawn as marbles: a line per thread, a column per moment.

import Forms
import GPCProtocol
import KVMEvents

@testable import Replay

/// A drawn recording. Lines run at the same time; marbles of one column have the same time stamp, numbered from the top
/// line down.
///
///     vcpu     : a(ohH    t  o h H t v )A
///     mm far   :       swr          ekd
///
/// A line is a thread of its own on a CPU of its own (lines of one name are one thread on several CPUs), unless it says
/// otherwise.
struct Marbles {
  /// What stands before the first column.
  enum Prelude: Sendable {
    /// Nothing.
    case none
    /// Another VM's invalidation, so that notifiers are tied: the VM of the drawing is older than the recording.
    case running
    /// The VM's creation: its caches initialised, its memslot set.
    case created
    /// The creation, and cache 1 (or 3) activated: valid.
    case mapped, mappedHva
  }

  private(set) var events: [RecordedEvent] = []
  private(set) var threads: [String] = []
  /// The events by thread and letter.
  private var ids: [String: [EventID]] = [:]
  /// The last event of the prelude.
  private(set) var preludeEnd: EventID = 0

  init(
    _ drawing: String, after prelude: Prelude = .created, kernel: Kernel = .linux612, columnNs: Int64 = 100
  ) {
    add(Self.prelude(prelude, kernel), kernel, from: 0, columnNs: 100)
    preludeEnd = EventID(events.count)
    add(drawing, kernel, from: 1_000_000, columnNs: columnNs)
  }

  private static func prelude(_ prelude: Prelude, _ kernel: Kernel) -> String {
    let tie = "prelude cpu9 outside2 vm9 :swre\(kernel == .linux612 ? "k" : "")d"
    let created = "prelude cpu9 outside2 :imM swre\(kernel == .linux612 ? "k" : "")d"
    switch prelude {
    case .none: return ""
    case .running: return tie
    case .created: return created
    case .mapped: return created + "             a(ohHtv)A"
    case .mappedHva: return created + "\nprelude cpu9 cache3 :              ia(ohHtv)A"
    }
  }

  private mutating func add(_ drawing: String, _ kernel: Kernel, from begin: Int64, columnNs: Int64) {
    let lines = drawing.split(separator: "\n").filter { $0.contains(":") }.enumerated().map {
      MarbleLine($1, cpu: Int32($0))
    }
    let marbles = lines.indices.flatMap { line in lines[line].marbles.map { (line: line, marble: $0) } }
      .sorted { ($0.marble.column, $0.line) < ($1.marble.column, $1.line) }
    for (index, marble) in marbles {
      let line = lines[index]
      if !threads.contains(line.thread) { threads.append(line.thread) }
      let task = threads.firstIndex(of: line.thread) ?? 0
      var event = line.event(marble, kernel: kernel)
      event.id = EventID(events.count + 1)
      event.time = TraceTimestamp(rawValue: begin + Int64(marble.column) * columnNs)
      event.cpu = line.cpu
      event.pid = event.kind == .lostEvents ? 0 : Int32(100 + task)
      event.task = event.kind == .lostEvents ? RecordedEvent.noTask : TaskID(task)
      ids["\(line.thread) \(marble.letter)", default: []].append(event.id)
      events.append(event)
    }
  }

  /// The event of the thread's `nth` marble with this letter, from 1.
  func id(_ thread: String, _ letter: Character, _ nth: Int = 1) -> EventID? {
    guard let found = ids["\(thread) \(letter)"], nth <= found.count else { return nil }
    return found[nth - 1]
  }

  func task(_ thread: String) -> TaskID? { threads.firstIndex(of: thread).map(TaskID.init) }

  /// These threads are the idle tasks of their CPUs.
  mutating func makeIdle(_ names: String...) {
    let tasks = names.compactMap(task)
    for index in events.indices where tasks.contains(events[index].task) { events[index].pid = 0 }
  }

  /// The same recording by probes that lack these kinds.
  func without(_ kinds: EventKind...) -> Marbles {
    var result = self
    result.events.removeAll { kinds.contains($0.kind) }
    return result
  }

  func replayed(
    deltaNs: Int64 = 0, form: ProtocolForm = .v69, asked: [ProtocolForm] = [],
    _ set: (inout ReplayOptions) -> Void = { _ in }
  ) -> Outcome {
    var options = ReplayOptions()
    options.deltaNs = deltaNs
    set(&options)
    var replayer = Replayer(form: form, asked: asked, options: options)
    replayer.consume(events)
    replayer.finish()
    return Outcome(recording: self, rows: replayer.takeRows())
  }
}

// The entry point of this module: a recording's bytes in, its events out, batch by batch.

import KVMEvents
import TextLayout

/// Reads one recording from its beginning to its end.
///
///     let reader = try TraceReader(.file(path: "trace.txt.zst"))
///     var batch: [RecordedEvent] = []
///     while try reader.read(into: &batch) { … }
///
/// `tasks`, `names` and the counters grow while reading; an event's `task` and `name` are indices into them.
package final class TraceReader {
  private let reader: any RecordingReader
  private let batchSize: Int
  /// The first event whose task has no room in `tasks`: it and all after it are left out; nil: there is none.
  private var firstLeftOut: EventID?
  /// The format of the recording.
  package let format: InputFormat

  /// Opens the input and examines its first block: what is not a recording is rejected here.
  package init(_ input: TraceInput, options: TraceReadOptions = TraceReadOptions()) throws(TraceReadError) {
    precondition(options.blockSize > 0 && options.batchSize > 0, "blocks and batches hold something")
    var pipeline = try TextPipeline(input, options: options)
    format = try pipeline.survey()
    batchSize = options.batchSize
    switch format.content {
    case .text(let form):
      pipeline.begin(form)
      reader = form.reader(pipeline)
    case .records(let form):
      let input = try pipeline.seekable(bytesMax: options.spooledBytesMax)
      do throws(TraceReadError) {
        reader = try form.reader(input, options: options)
      } catch {
        guard case .damagedFile(var fault) = error else { throw error }
        fault.cutShort = input.breakOff
        throw .damagedFile(fault)
      }
    }
  }

  /// Replaces the batch by the next events, in the recording's order; false: there are no more.
  package func read(into batch: inout [RecordedEvent]) throws(TraceReadError) -> Bool {
    // The events are written in place: the batch keeps its size from call to call.
    if batch.count != batchSize { batch = Array(repeating: RecordedEvent(), count: batchSize) }
    let count = try batch.withUnsafeMutableBufferPointer { events throws(TraceReadError) in
      try reader.read(into: events)
    }
    batch.removeLast(batchSize - count)
    if reader.tasks.count < TaskTable.tasksMax { return count > 0 }
    return try leaveOut(&batch)
  }

  /// What comes after the last task that has room is read to its end, for the hash of the input, and left out.
  private func leaveOut(_ batch: inout [RecordedEvent]) throws(TraceReadError) -> Bool {
    if firstLeftOut == nil {
      guard let place = batch.firstIndex(where: { $0.task == TaskTable.noRoom }) else { return !batch.isEmpty }
      firstLeftOut = batch[place].id
      batch.removeSubrange(place...)
      if !batch.isEmpty { return true }
    }
    var dropped = Array(repeating: RecordedEvent(), count: batchSize)
    var isMore = true
    while isMore {
      isMore = try dropped.withUnsafeMutableBufferPointer { events throws(TraceReadError) in
        try reader.read(into: events) > 0
      }
    }
    batch = []
    return false
  }
}

extension TraceReader {
  package var tasks: [TraceTask] { reader.tasks }
  package var names: [EventName] { reader.names }
  /// The first issues of each kind, by line.
  package var issues: [ImportIssue] {
    reader.issues.issues
      + (firstLeftOut.map { [ImportIssue(kind: .truncated, line: $0, reason: Self.tooManyTasks, excerpt: "")] } ?? [])
  }
  /// How often each kind occurred; an event that is not in the catalogue counts once per name.
  package var issueCounts: [ImportIssueKind: Int64] {
    reader.issues.counts.merging(firstLeftOut == nil ? [:] : [.truncated: 1]) { $0 + $1 }
  }

  /// What the recording states about itself, as far as it was read.
  package var marks: [RecordingMark] { reader.marks }

  /// Bytes read from the file, before decompression.
  package var bytesRead: Int64 { reader.bytesRead }
  /// The file's size; nil if it is not known beforehand.
  package var totalBytes: Int64? { reader.totalBytes }
  /// The share of the input that was read: bytes, of how many, if that is known.
  package var share: (read: Int64, total: Int64?) { reader.share }
  /// What is known about the recording so far: everything except what the importer knows. The clock and the kernel's
  /// release are known before the first event.
  package var facts: RecordingFacts {
    var facts = reader.facts
    if let firstLeftOut, facts.incomplete == nil {
      facts.incomplete = "\(Self.tooManyTasks); what comes before \(facts.eventPlace.rawValue) \(firstLeftOut) was read"
    }
    return facts
  }

  private static let tooManyTasks = "it has more than \(grouped(TaskTable.tasksMax)) threads and names of threads"
}

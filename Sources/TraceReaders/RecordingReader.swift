// The interface of a reader for the import: the text formats, trace.dat and perf.data each have one.

import KVMEvents

/// Called once per batch; the loops over lines and records run inside.
protocol RecordingReader: AnyObject {
  /// Puts the next events at the start of `events`; fewer than there is room for only at the end.
  func read(into events: UnsafeMutableBufferPointer<RecordedEvent>) throws(TraceReadError) -> Int

  var tasks: [TraceTask] { get }
  var names: [EventName] { get }
  var issues: IssueLog { get }
  /// Bytes read from the file, before decompression.
  var bytesRead: Int64 { get }
  /// The file's size; nil if it is not known beforehand.
  var totalBytes: Int64? { get }
  /// The share of the input that was read, as far as it is known: bytes, of how many.
  var share: (read: Int64, total: Int64?) { get }
  /// What is known about the recording so far: everything except what the importer knows. The hash is of the file's
  /// bytes; nil until all are read.
  var facts: RecordingFacts { get }
  /// What the recording states about itself, as far as it was read.
  var marks: [RecordingMark] { get }
}

extension RecordingReader {
  var share: (read: Int64, total: Int64?) { (bytesRead, totalBytes) }

  /// perf and bpftrace record no trace_marker.
  var marks: [RecordingMark] { [] }
}

// What an import needs of a reader: the text forms, trace.dat and perf.data each have one.

import KVMEvents

/// Called once per batch; the loops over lines and records run inside.
protocol RecordingReader: AnyObject {
  /// Puts the next events into the front of `events`; fewer than there is room for only at the end.
  func read(into events: UnsafeMutableBufferPointer<RecordedEvent>) throws(TraceReadError) -> Int

  var tasks: [TraceTask] { get }
  var names: [EventName] { get }
  var issues: IssueLog { get }
  /// Bytes read from the file, as they stand in it.
  var bytesRead: Int64 { get }
  /// The file's size; nil where it is not known beforehand.
  var totalBytes: Int64? { get }
  /// What is known of the recording as far as it was read: all but what the importer knows. The hash is of the bytes as
  /// they stand in the file; nil until all are read.
  var facts: RecordingFacts { get }
  /// What the recording says of itself, as far as it was read.
  var marks: [RecordingMark] { get }
}

extension RecordingReader {
  /// perf and bpftrace record no trace_marker.
  var marks: [RecordingMark] { [] }
}

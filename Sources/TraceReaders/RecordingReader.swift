// What the door needs of a reader: the text forms, trace.dat and perf.data each have one.

import KVMEvents

/// Called once per batch; the loops over lines and records run inside.
protocol RecordingReader: AnyObject {
  /// Puts the next events into the front of `events`; fewer than there is room for only at the end.
  func read(into events: UnsafeMutableBufferPointer<RecordedEvent>) throws(TraceReadError) -> Int

  var tasks: [TraceTask] { get }
  var names: [EventName] { get }
  var issues: IssueLog { get }
  /// Lines met so far; of a binary recording, records.
  var lines: EventID { get }
  /// Why the recording is not whole, as a sentence; nil: it is, as far as it was read.
  var incomplete: String? { get }

  /// Bytes read from the file, as they stand in it.
  var bytesRead: Int64 { get }
  /// The file's size; nil where it is not known beforehand.
  var totalBytes: Int64? { get }
  /// The hash of the bytes as they stand in the file; nil until all are read.
  var contentHash: ContentHash? { get }

  /// The form in words, with what there is to say about this recording's.
  var formatDescription: String { get }
  /// What one step of the time stamps is worth.
  var timestampResolutionNs: Int64 { get }
  /// What the stamps count, as far as the recording tells: a text shows by its stamps' decimals that they are time.
  var stampUnit: StampUnit { get }
  /// The trace clock; nil where nothing tells.
  var clock: TraceClock? { get }
  var clockSource: ClockSource { get }
  /// Of the recorded kernel; nil: nothing has told it so far.
  var kernelRelease: KernelRelease? { get }
  /// What the events' ids count.
  var eventPlace: EventPlace { get }
  /// What the recording says of itself, as far as it was read.
  var marks: [RecordingMark] { get }
}

extension RecordingReader {
  /// perf and bpftrace record no trace_marker.
  var marks: [RecordingMark] { [] }
}

// What the readers of binary recordings have in common: the whole file is at hand.

import KVMEvents

/// A reader of records out of a file of their own, or of a temporary one that they were unpacked into.
protocol RecordFileReader: RecordingReader {
  var input: SeekableInput { get }
  /// Bytes of records read, unpacked.
  var recordBytesRead: Int64 { get }
  /// Why not all records could be read, as a sentence.
  var recordsIncomplete: String? { get }
}

extension RecordFileReader {
  var incomplete: String? {
    input.breakOff.map { "\($0); what came out before it was read" } ?? recordsIncomplete
  }

  /// What stands before the records is read at once; of these it is known only how large they are unpacked.
  var bytesRead: Int64 {
    contentHash == nil ? min(recordBytesRead, totalBytes ?? .max) : totalBytes ?? recordBytesRead
  }
  var totalBytes: Int64? { input.packed?.bytes ?? input.file.size }

  var timestampResolutionNs: Int64 { 1 }
  var clockSource: ClockSource { clock == nil ? .assumed : .recorded }
  var eventPlace: EventPlace { .record }
}

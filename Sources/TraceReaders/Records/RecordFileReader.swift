// What the readers of binary recordings have in common: the whole file is at hand.

import KVMEvents

/// A reader of records out of a file of their own, or of a temporary one that they were unpacked into.
protocol RecordFileReader: RecordingReader {
  var input: SeekableInput { get }
  /// Bytes of records read, unpacked.
  var recordBytesRead: Int64 { get }
  /// Why not all records could be read, as a sentence.
  var recordsIncomplete: String? { get }
  /// Records met so far.
  var recordCount: EventID { get }
  /// nil until all bytes are read.
  var contentHash: ContentHash? { get }
  var formatDescription: String { get }
  var clock: TraceClock? { get }
  var stampUnit: StampUnit { get }
  var kernelRelease: KernelRelease? { get }
}

extension RecordFileReader {
  /// What stands before the records is read at once; of these it is known only how large they are unpacked.
  var bytesRead: Int64 {
    contentHash == nil ? min(recordBytesRead, totalBytes ?? .max) : totalBytes ?? recordBytesRead
  }
  var totalBytes: Int64? { input.packed?.bytes ?? input.file.size }

  var facts: RecordingFacts {
    var facts = RecordingFacts(
      format: formatDescription, byteCount: bytesRead, lineCount: recordCount, clock: clock, stampUnit: stampUnit,
      eventPlace: .record)
    facts.contentHash = contentHash?.description
    facts.incomplete = input.breakOff.map { "\($0); what came out before it was read" } ?? recordsIncomplete
    facts.kernelRelease = kernelRelease
    return facts
  }
}

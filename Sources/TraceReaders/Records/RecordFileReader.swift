// The common part of the readers of binary recordings: the whole file is available.

import KVMEvents

/// A reader of records from a file, or from a temporary one that they were decompressed into.
protocol RecordFileReader: RecordingReader {
  var input: SeekableInput { get }
  /// Bytes of records read, decompressed.
  var recordBytesRead: Int64 { get }
  /// They are packed, one by one or the file as a whole: how many bytes of records there are is not known beforehand.
  var hasPackedRecords: Bool { get }
  /// Why not all records could be read, as a sentence.
  var recordsIncomplete: String? { get }
  /// Records read so far.
  var recordCount: EventID { get }
  /// nil until all bytes are read.
  var contentHash: ContentHash? { get }
  var formatDescription: String { get }
  var clock: TraceClock? { get }
  var stampUnit: StampUnit { get }
  var kernelRelease: KernelRelease? { get }
}

extension RecordFileReader {
  /// The parts before the records are read at once; of these only the decompressed size is known.
  var bytesRead: Int64 {
    contentHash == nil ? min(recordBytesRead, totalBytes ?? .max) : totalBytes ?? recordBytesRead
  }
  var share: (read: Int64, total: Int64?) {
    (recordBytesRead, hasPackedRecords || input.packed != nil ? nil : input.file.size)
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

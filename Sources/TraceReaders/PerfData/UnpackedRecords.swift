// The records of `perf record -z`, decompressed into a temporary file.

import Glibc

struct UnpackedRecords {
  let file: RandomAccessFile
  /// Why not all of them could be decompressed.
  let breakOff: String?

  /// perf compresses what it reads of a buffer into one stream for all, cut into records; what it writes itself is
  /// between them, uncompressed. Concatenated, they are the records of an uncompressed file.
  init(
    _ file: RandomAccessFile, _ range: Range<UInt64>, isBigEndian: Bool, bytesMax: Int64
  ) throws(TraceReadError) {
    let spool = try TemporaryFile(bytesMax: bytesMax)
    let stream = try ZstdStream()
    var records = PerfRecords(file, range, isBigEndian: isBigEndian)
    var breakOff: String?
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { block.deallocate() }
    reading: while breakOff == nil {
      switch try records.next() {
      case .record(let record, _):
        if let packed = Self.packed(record) {
          breakOff = try Self.unpack(packed, with: stream, by: block, into: spool)
        } else if record.kind != .auxtrace, record.kind != .tracingData {
          try spool.append(UnsafeRawBufferPointer(start: record.start, count: record.bytes))
        }
      case .broken(let reason): breakOff = reason
      case .end: break reading
      }
    }
    self.file = spool.finish()
    self.breakOff = breakOff
  }

  /// The compressed contents of a record; nil: it is an ordinary one.
  private static func packed(_ record: PerfRecord) -> UnsafeRawBufferPointer? {
    switch record.kind {
    case .compressed:
      return UnsafeRawBufferPointer(
        start: record.start + PerfRecord.headBytes, count: record.bytes - PerfRecord.headBytes)
    case .compressed2:
      let begin = PerfRecord.headBytes + 8
      let count = record.number(at: PerfRecord.headBytes, UInt64.self) ?? 0
      let there = max(record.bytes - begin, 0)
      return UnsafeRawBufferPointer(
        start: record.start + min(begin, record.bytes), count: Int(min(count, UInt64(there))))
    case _: return nil
    }
  }

  /// nil: all of it was decompressed; else what is wrong.
  private static func unpack(
    _ packed: UnsafeRawBufferPointer, with stream: ZstdStream, by block: UnsafeMutableRawBufferPointer,
    into spool: TemporaryFile
  ) throws(TraceReadError) -> String? {
    var rest = packed
    while true {
      let progress = try stream.step(from: rest, into: block)
      try spool.append(UnsafeRawBufferPointer(rebasing: block[..<progress.produced]))
      if let fault = progress.fault { return "the zstd stream \(fault)" }
      rest = UnsafeRawBufferPointer(rebasing: rest[progress.consumed...])
      if progress.consumed == 0, progress.produced == 0 {
        return rest.isEmpty ? nil : "the zstd stream is damaged (it takes no more)"
      }
    }
  }
}

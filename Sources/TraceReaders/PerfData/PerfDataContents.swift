// Everything before the records of a perf.data: events, their formats, the clock, and the position of the records.

import KVMEvents

struct PerfDataContents {
  let header: PerfDataHeader
  private(set) var events = PerfEventTable()
  private(set) var formatList = EventFormatList()
  /// CPUs by the ids of their events, if the file has them.
  private(set) var cpuOfID: [UInt64: Int32] = [:]
  private(set) var isPacked = false
  /// What holds the records: the file itself, or a temporary one that they were decompressed into.
  private(set) var records: Range<UInt64>
  private(set) var file: RandomAccessFile
  /// Of the recorded kernel, if the file has it.
  private(set) var kernelRelease: KernelRelease?
  /// Why not all of them could be decompressed.
  private(set) var breakOff: String?

  /// More than all formats of a kernel, and its symbols.
  private static let tracingDataMax: UInt64 = 64 << 20

  /// - Parameter bytesMax: limit of the decompressed size.
  init(_ file: RandomAccessFile, bytesMax: Int64) throws(TraceReadError) {
    self.file = file
    let header = try PerfDataFault.converting(PerfDataFault.part) { () throws(TraceReadError) in
      try PerfDataHeader(file)
    }
    self.header = header
    records = header.data.offset..<(header.data.end ?? header.data.offset)
    if !header.isPipe {
      if header.data.bytes == 0 { throw .perfData(.unfinished) }
      try PerfDataFault.converting(PerfDataFault.part) { () throws(TraceReadError) in try readAttributes() }
      try readFeatures()
    }
    try readFront()
    try events.finish()
    if formatList.formats.isEmpty { throw .perfData(.noTracepoints) }
    if isPacked { try unpack(bytesMax: bytesMax) }
  }

  private mutating func unpack(bytesMax: Int64) throws(TraceReadError) {
    let unpacked = try UnpackedRecords(file, records, isBigEndian: header.isBigEndian, bytesMax: bytesMax)
    (file, records, breakOff) = (unpacked.file, 0..<UInt64(unpacked.file.size), unpacked.breakOff)
  }

  /// The list of events, each with a list of its ids.
  private mutating func readAttributes() throws(TraceReadError) {
    let isBigEndian = header.isBigEndian
    var cursor = RecordCursor(
      file, at: Int64(header.attributes.offset), end: header.attributes.end.map { Int64($0) },
      isBigEndian: isBigEndian, part: .attributes)
    for _ in 0..<header.attributes.bytes / UInt64(header.entryBytes) {
      let attribute = try PerfAttribute(
        try cursor.bytes(header.entryBytes - PerfDataHeader.sectionBytes), isBigEndian: isBigEndian)
      let section = try PerfDataHeader.section(&cursor)
      guard let end = section.end, section.bytes % 8 == 0, section.bytes / 8 <= UInt64(PerfEventTable.idsMax) else {
        throw .part(.odd(.attributes))
      }
      var list = RecordCursor(
        file, at: Int64(section.offset), end: Int64(end), isBigEndian: isBigEndian, part: .attributes)
      try events.add(attribute, ids: try Self.words(&list, Int(section.bytes / 8)))
    }
  }

  private static func words(_ cursor: inout RecordCursor, _ count: Int) throws(TraceReadError) -> [UInt64] {
    let isBigEndian = cursor.isBigEndian
    return try cursor.bytes(8 * count).withUnsafeBytes { bytes in
      (0..<count).map { place in
        let word = bytes.loadUnaligned(fromByteOffset: 8 * place, as: UInt64.self)
        return isBigEndian ? UInt64(bigEndian: word) : UInt64(littleEndian: word)
      }
    }
  }

  /// Of the features after the records only the tracing data is required. The release is read if possible.
  private mutating func readFeatures() throws(TraceReadError) {
    guard let number = header.place(of: .tracingData) else { throw .perfData(.noTracepoints) }
    let section = try PerfDataFault.converting(PerfDataFault.part) { () throws(TraceReadError) in
      try feature(number)
    }
    guard let end = section.end else { throw .perfData(.part(.odd(.features))) }
    try readTracingData(section.offset..<end)
    if let number = header.place(of: .osRelease) { kernelRelease = try? release(in: feature(number)) }
  }

  private func feature(_ number: Int) throws(TraceReadError) -> PerfDataHeader.FileSection {
    var cursor = RecordCursor(
      file, at: Int64(records.upperBound), isBigEndian: header.isBigEndian, part: .features)
    try cursor.skip(UInt64(PerfDataHeader.sectionBytes * number))
    return try PerfDataHeader.section(&cursor)
  }

  /// A string of perf: its length, padded with zeros.
  private func release(in section: PerfDataHeader.FileSection) throws(TraceReadError) -> KernelRelease? {
    guard let end = section.end, section.bytes > 4, section.bytes <= Self.releaseMax else { return nil }
    var cursor = RecordCursor(
      file, at: Int64(section.offset), end: Int64(end), isBigEndian: header.isBigEndian, part: .features)
    try cursor.skip(4)
    return Self.release(try cursor.bytes(Int(section.bytes - 4)))
  }

  private static func release(_ bytes: some Sequence<UInt8>) -> KernelRelease? {
    KernelRelease(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
  }

  /// With room for perf's padding.
  private static let releaseMax: UInt64 = 4096

  /// The header of a trace.dat, with the formats of the requested events.
  private mutating func readTracingData(_ range: Range<UInt64>) throws(TraceReadError) {
    let bytes = UInt64(range.count)
    if bytes > Self.tracingDataMax { throw .perfData(.tracingData(.tooLarge(.formats, bytes: bytes))) }
    let file = file
    try PerfDataFault.converting(PerfDataFault.tracingData) { () throws(TraceReadError) in
      var cursor = RecordCursor(
        file, at: Int64(range.lowerBound), end: Int64(range.upperBound), isBigEndian: false, part: .header)
      guard try cursor.bytes(Self.tracingMagic.count) == Self.tracingMagic else { throw .part(.odd(.header)) }
      _ = try cursor.string()
      let isBigEndian = try cursor.bytes(1)[0] == 1
      // The size of a long and of a page: there are no pages here.
      try cursor.skip(5)
      cursor = RecordCursor(
        file, at: cursor.place, end: Int64(range.upperBound), isBigEndian: isBigEndian, part: .layout)
      for name in ["header_page", "header_event"] {
        guard try cursor.string() == name else { throw .part(.odd(.layout)) }
        _ = try cursor.block(max: EventFormatList.formatMax)
      }
      cursor.part = .formats
      try formatList.readFtraceFormats(&cursor)
      try formatList.readEventFormats(&cursor)
    }
  }

  private static let tracingMagic = [0x17, 0x08, 0x44] + Array("tracing".utf8)

  // MARK: Contents of records

  /// The records before the first event: in a pipe's file only they describe the rest.
  private mutating func readFront() throws(TraceReadError) {
    var front = PerfRecords(file, records, isBigEndian: header.isBigEndian)
    while case .record(let record, let place) = try front.next() {
      switch record.kind {
      case .sample, .lost: return
      case .compressed, .compressed2:
        isPacked = true
        return
      case .headerAttr where header.isPipe && !events.isFinished: try readAttribute(record)
      case .tracingData where header.isPipe && formatList.formats.isEmpty:
        try readTracingData(place + UInt64(record.bytes)..<front.place)
      case .idIndex: readIDs(record)
      case .headerFeature where header.isPipe:
        // The feature's number, the length of the string, the string.
        let number = record.number(at: PerfRecord.headBytes, UInt64.self)
        guard number == UInt64(PerfDataHeader.Feature.osRelease.rawValue) else { continue }
        kernelRelease = Self.release(record.string(at: PerfRecord.headBytes + 12))
      case _: continue
      }
    }
  }

  private mutating func readAttribute(_ record: PerfRecord) throws(TraceReadError) {
    let size = record.number(at: PerfRecord.headBytes + 4, UInt32.self).map { Int($0) } ?? 0
    let bytes = size == 0 ? PerfAttribute.sizes.lowerBound : size
    let begin = PerfRecord.headBytes + bytes
    guard PerfAttribute.sizes.contains(bytes), begin <= record.bytes, (record.bytes - begin) % 8 == 0 else {
      throw .perfData(.part(.odd(.attributes)))
    }
    let copy = Array(UnsafeRawBufferPointer(start: record.start + PerfRecord.headBytes, count: bytes))
    let ids = stride(from: begin, to: record.bytes, by: 8).compactMap { record.number(at: $0, UInt64.self) }
    let isBigEndian = header.isBigEndian
    try PerfDataFault.converting(PerfDataFault.part) { () throws(TraceReadError) in
      try events.add(try PerfAttribute(copy, isBigEndian: isBigEndian), ids: ids)
    }
  }

  /// The CPU of each event id: what perf record counts itself has only the id.
  private mutating func readIDs(_ record: PerfRecord) {
    let entryBytes = 32
    var place = PerfRecord.headBytes + 8
    while place + entryBytes <= record.bytes, cpuOfID.count < PerfEventTable.idsMax {
      if let id = record.number(at: place, UInt64.self), let cpu = record.number(at: place + 16, UInt64.self),
        cpu < UInt64(cpusMax)
      {
        cpuOfID[id] = Int32(cpu)
      }
      place += entryBytes
    }
  }
}

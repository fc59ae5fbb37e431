// Version 7: sections, and options with their offsets.

extension TraceDatContents {
  mutating func readSections(_ file: RandomAccessFile) throws(TraceReadError) {
    try readOptions(file)
    var cursor = try section(.layout, .layout, file)
    try readLayout(&cursor)
    try readListedFormats(file)
    do throws(TraceReadError) {
      if options.sections[.comms] != nil {
        cursor = try section(.comms, .comms, file)
        try readComms(&cursor)
      }
    } catch {
      try noteUnusable(error, .comms)
    }
    for entry in options.buffers { buffers.append(try buffer(entry, file)) }
  }

  /// The lists of options: each except the last has the offset of the next one.
  private mutating func readOptions(_ file: RandomAccessFile) throws(TraceReadError) {
    var offset = header.next
    var seen: Set<Int64> = []
    while offset != 0 {
      guard seen.insert(offset).inserted else { throw .part(.odd(.options)) }
      var cursor = try section(at: offset, id: 0, .options, file)
      offset = try readOptions(&cursor)
    }
  }

  /// One list; returns the offset of the next one, 0: none.
  private mutating func readOptions(_ cursor: inout RecordCursor) throws(TraceReadError) -> Int64 {
    while true {
      let id = try cursor.number(UInt16.self)
      let count = try cursor.number(UInt32.self)
      if id == 0 { return Int64(bitPattern: try cursor.number(UInt64.self)) }
      if count > TraceDatOptions.optionMax { throw .part(.tooLarge(.options, bytes: UInt64(count))) }
      try options.read(
        id, try cursor.bytes(Int(count)), isBigEndian: header.isBigEndian, version: header.version)
    }
  }

  /// Formats missing from a damaged list are reported where their events occur.
  private mutating func readListedFormats(_ file: RandomAccessFile) throws(TraceReadError) {
    do throws(TraceReadError) {
      if options.sections[.ftraceFormats] != nil {
        var cursor = try section(.ftraceFormats, .formats, file)
        try formatList.readFtraceFormats(&cursor)
      }
    } catch {
      try noteUnusable(error, .formats)
    }
    do throws(TraceReadError) {
      var cursor = try section(.eventFormats, .formats, file)
      try formatList.readEventFormats(&cursor)
    } catch {
      if formatList.formats.isEmpty { throw error }
      try noteUnusable(error, .formats)
    }
  }

  private func section(
    _ section: TraceDatOptions.Section, _ part: PartFault.Part, _ file: RandomAccessFile
  ) throws(TraceReadError) -> RecordCursor {
    guard let offset = options.sections[section] else { throw .part(.cutOff(part)) }
    return try self.section(at: offset, id: section.rawValue, part, file)
  }

  /// The section's data, decompressed if needed.
  private func section(
    at offset: Int64, id: UInt16, _ part: PartFault.Part, _ file: RandomAccessFile
  ) throws(TraceReadError) -> RecordCursor {
    var cursor = RecordCursor(file, at: offset, isBigEndian: header.isBigEndian, part: part)
    let isPacked = try readSectionHead(&cursor, id: id)
    // The header's byte count is ignored: trace-cmd 3.1 writes it without what precedes compressed data.
    guard isPacked else { return cursor }
    let packedBytes = try cursor.number(UInt32.self)
    let bytes = try cursor.number(UInt32.self)
    if UInt64(bytes) > Self.partMax { throw .part(.tooLarge(part, bytes: UInt64(bytes))) }
    let packed = try cursor.bytes(Int(packedBytes))
    var data = [UInt8](repeating: 0, count: Int(bytes))
    let zstd = try ZstdBlocks()
    let unpacked = packed.withUnsafeBytes { source in
      data.withUnsafeMutableBytes { target in
        Result { () throws(TraceReadError) in try header.codec.unpack(source, into: target, with: zstd) }
      }
    }
    if let failure = try unpacked.get() { throw .part(.damaged(part, failure)) }
    return RecordCursor(data, isBigEndian: header.isBigEndian, part: part)
  }

  /// True: the section is compressed.
  private func readSectionHead(_ cursor: inout RecordCursor, id: UInt16) throws(TraceReadError) -> Bool {
    guard try cursor.number(UInt16.self) == id else { throw .part(.misplaced(cursor.part)) }
    let flags = try cursor.number(UInt16.self)
    // The number of its description, and its bytes.
    try cursor.skip(12)
    return flags & 1 != 0
  }

  private func buffer(
    _ entry: TraceDatOptions.BufferEntry, _ file: RandomAccessFile
  ) throws(TraceReadError) -> DatBuffer {
    guard let offset = Int64(exactly: entry.offset) else { throw .part(.odd(.buffer)) }
    var isPacked = false
    if entry.cpus.contains(where: { $0.bytes > 0 }) {
      guard DatBuffer.isPage(entry.pageBytes) else { throw .part(.odd(.buffer)) }
      var cursor = RecordCursor(file, at: offset, isBigEndian: header.isBigEndian, part: .pages)
      isPacked = try readSectionHead(&cursor, id: 3)
    }
    return DatBuffer(
      name: entry.name, clock: entry.clock, pageBytes: Int(entry.pageBytes),
      codec: isPacked ? header.codec : .none, isPacked: isPacked, cpus: entry.cpus)
  }
}

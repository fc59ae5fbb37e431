// Version 6: one part after the other, up to the lists of CPUs.

extension TraceDatContents {
  mutating func readLinear(_ file: RandomAccessFile) throws(TraceReadError) {
    guard DatBuffer.isPage(header.pageBytes) else { throw .part(.odd(.header)) }
    var cursor = RecordCursor(file, at: header.next, isBigEndian: header.isBigEndian, part: .layout)
    try readLayout(&cursor)
    cursor.part = .formats
    try formatList.readFtraceFormats(&cursor)
    try formatList.readEventFormats(&cursor)
    cursor.part = .symbols
    // kallsyms, and the formats of trace_printk(): nothing here prints either.
    for _ in 0..<2 { try cursor.skip(UInt64(try cursor.number(UInt32.self))) }
    cursor.part = .comms
    try readComms(&cursor)
    cursor.part = .options
    let cpus = try cursor.number(UInt32.self)
    try passKind(&cursor, readsOptions: true)
    let count = options.cpuCount ?? cpus
    guard count <= cpusMax else { throw .part(.odd(.buffer)) }
    let top = try readCPUs(&cursor, count: count)
    let clock = readClock(&cursor)
    append(top, name: "", clock: clock)
    for entry in options.buffers {
      cursor = RecordCursor(
        file, at: Int64(clamping: entry.offset), isBigEndian: header.isBigEndian, part: .buffer)
      try passKind(&cursor, readsOptions: false)
      append(try readCPUs(&cursor, count: count), name: entry.name, clock: clock)
    }
  }

  private mutating func append(_ cpus: [DatBuffer.CPU], name: String, clock: String) {
    buffers.append(
      DatBuffer(
        name: name, clock: clock, pageBytes: Int(header.pageBytes), codec: .none, isPacked: false, cpus: cpus))
  }

  /// The options, if there are any, and the tag of what follows: a list of CPUs.
  private mutating func passKind(_ cursor: inout RecordCursor, readsOptions: Bool) throws(TraceReadError) {
    var kind = try cursor.bytes(Self.kindBytes)
    if kind.starts(with: "options".utf8) {
      while true {
        let id = try cursor.number(UInt16.self)
        if id == 0 { break }
        let count = try cursor.number(UInt32.self)
        if count > TraceDatOptions.optionMax { throw .part(.tooLarge(.options, bytes: UInt64(count))) }
        let data = try cursor.bytes(Int(count))
        if readsOptions { try options.read(id, data, isBigEndian: header.isBigEndian, version: header.version) }
      }
      kind = try cursor.bytes(Self.kindBytes)
    }
    if kind.starts(with: "flyrecord".utf8) { return }
    throw .part(kind.starts(with: "latency".utf8) ? .latency : .odd(.options))
  }

  /// `options  `, `flyrecord` or `latency  `, and a NUL.
  private static let kindBytes = 10

  private func readCPUs(_ cursor: inout RecordCursor, count: UInt32) throws(TraceReadError) -> [DatBuffer.CPU] {
    cursor.part = .buffer
    var cpus: [DatBuffer.CPU] = []
    for number in 0..<count {
      cpus.append(
        DatBuffer.CPU(
          number: Int32(number), offset: try cursor.number(UInt64.self), bytes: try cursor.number(UInt64.self)))
    }
    return cpus
  }

  /// After the list of CPUs comes `trace_clock`, if an option said so. Old files may lack it: then the clock is not
  /// known.
  private func readClock(_ cursor: inout RecordCursor) -> String {
    guard options.hasClock, options.clock.isEmpty else { return options.clock }
    do throws(TraceReadError) {
      return TraceDatOptions.bracketed(try cursor.block(max: 4096))
    } catch {
      return ""
    }
  }
}

// Everything before the trace data of a trace.dat: formats, comms, buffers, options.

import KVMEvents

struct TraceDatContents {
  let header: TraceDatHeader
  var options = TraceDatOptions()
  var layout: RingBufferLayout
  var formatList = EventFormatList()
  var comms = SavedComms()
  var buffers: [DatBuffer] = []

  /// More than all formats of a kernel together, or all comms that it keeps.
  static let partMax: UInt64 = 32 << 20
  /// A page of each CPU: 8,192 CPUs with pages of 64 KiB.
  private static let pagesMax = 1 << 29

  init(_ file: RandomAccessFile) throws(TraceReadError) {
    let header = try TraceDatHeader(file)
    self.header = header
    layout = try RingBufferLayout(headerPage: [], longBytes: header.longBytes, isBigEndian: header.isBigEndian)
    if header.version == 6 {
      try readLinear(file)
    } else {
      try readSections(file)
    }
    if formatList.formats.isEmpty { throw .part(.cutOff(.formats)) }
    try checkBuffers(file)
  }

  /// `header_page` and `header_event`; the second does not differ between kernels.
  mutating func readLayout(_ cursor: inout RecordCursor) throws(TraceReadError) {
    guard try cursor.string() == "header_page" else { throw .part(.odd(.layout)) }
    let page = try cursor.block(max: EventFormatList.formatMax)
    layout = try RingBufferLayout(headerPage: page, longBytes: header.longBytes, isBigEndian: header.isBigEndian)
    guard try cursor.string() == "header_event" else { throw .part(.odd(.layout)) }
    _ = try cursor.block(max: EventFormatList.formatMax)
  }

  mutating func readComms(_ cursor: inout RecordCursor) throws(TraceReadError) {
    comms = SavedComms(try cursor.block(max: Self.partMax))
  }

  /// What is wrong with a part that events can be read without.
  mutating func noteUnusable(_ error: TraceReadError, _ part: PartFault.Part) throws(TraceReadError) {
    guard case .part(let fault) = error else { throw error }
    formatList.issues.note(.badPart, line: 0, "the recording \(fault.predicate)", excerpt: part.words)
  }

  /// CPUs of all buffers that have data.
  var recordedCPUs: Int { buffers.reduce(0) { $0 + $1.cpus.count { $0.bytes > 0 } } }

  /// No two CPUs share bytes: otherwise the same events would be read again and again.
  private func checkBuffers(_ file: RandomAccessFile) throws(TraceReadError) {
    if buffers.isEmpty { throw .part(options.hasLatencyText ? .latency : .noBuffers) }
    let pageBytes = buffers.reduce(0) { $0 + $1.pageBytes * $1.cpus.count { $0.bytes > 0 } }
    if pageBytes > Self.pagesMax { throw .part(.tooLarge(.pages, bytes: UInt64(pageBytes))) }
    let regions = buffers.flatMap(\.cpus).filter { $0.bytes > 0 }.sorted { $0.offset < $1.offset }
    var end: UInt64 = 0
    for region in regions {
      let (next, overflow) = region.offset.addingReportingOverflow(region.bytes)
      if region.offset < end || overflow || next > UInt64(Int64.max) { throw .part(.odd(.buffer)) }
      end = next
    }
  }
}

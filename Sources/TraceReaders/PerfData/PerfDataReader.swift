// The reader of a perf.data, from a file or a pipe, compressed or not.

import KVMEvents

final class PerfDataReader: RecordFileReader {
  let input: SeekableInput
  private var pipeline: PerfDataPipeline
  let formatDescription: String
  let clock: TraceClock?
  var stampUnit: StampUnit { .ns }
  let kernelRelease: KernelRelease?
  private(set) var contentHash: ContentHash?

  init(_ input: SeekableInput, options: TraceReadOptions) throws(TraceReadError) {
    let contents = try PerfDataContents(input.file, bytesMax: options.spooledBytesMax)
    self.input = input
    pipeline = PerfDataPipeline(
      contents, decoder: try PerfDecoder(contents, options: options), waitingMax: options.reorderedMax)
    hasPackedRecords = contents.isPacked
    formatDescription = Self.form(contents)
    clock = Self.clock(contents)
    kernelRelease = contents.kernelRelease
  }

  func read(into events: UnsafeMutableBufferPointer<RecordedEvent>) throws(TraceReadError) -> Int {
    let count = try pipeline.read(into: events)
    if count < events.count, contentHash == nil { contentHash = try input.contentHash() }
    return count
  }

  var tasks: [TraceTask] { pipeline.decoder.tasks.tasks }
  var names: [EventName] { pipeline.decoder.names.names }
  var issues: IssueLog { pipeline.decoder.issues }
  var recordCount: EventID { pipeline.decoder.count }
  var recordBytesRead: Int64 { pipeline.bytesRead }
  /// `perf record --compression-level` packs them.
  let hasPackedRecords: Bool
  var recordsIncomplete: String? { pipeline.incomplete }

  private static func form(_ contents: PerfDataContents) -> String {
    var form = "perf.data"
    if contents.header.isPipe { form += " of a pipe" }
    if contents.isPacked { form += ", zstd" }
    if contents.header.isBigEndian { form += ", big endian" }
    return form
  }

  /// nil: the events differ, or the clock is not known here.
  private static func clock(_ contents: PerfDataContents) -> TraceClock? {
    let clocks = Set(contents.events.attributes.filter(\.isTracepoint).map(\.clock))
    return clocks.count == 1 ? clocks.first ?? nil : nil
  }
}

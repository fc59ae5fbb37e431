// The reader of a trace.dat, versions 6 and 7.

import KVMEvents

final class TraceDatReader: RecordFileReader {
  let input: SeekableInput
  private var pipeline: TraceDatPipeline
  let formatDescription: String
  let clock: TraceClock?
  let stampUnit: StampUnit
  private let namedRelease: KernelRelease?
  private(set) var contentHash: ContentHash?

  init(_ input: SeekableInput, options: TraceReadOptions) throws(TraceReadError) {
    let contents = try TraceDatContents(input.file)
    self.input = input
    pipeline = try TraceDatPipeline(
      input.file, contents, decoder: try RecordDecoder(contents, options: options),
      chunkBytesKept: options.chunkBytesKept)
    hasPackedRecords = contents.buffers.contains { $0.isPacked }
    formatDescription = Self.form(contents)
    clock = Self.clock(contents)
    stampUnit = Self.stampUnit(contents)
    namedRelease = contents.options.kernelRelease
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
  var marks: [RecordingMark] { pipeline.decoder.marks.marks }
  var kernelRelease: KernelRelease? { namedRelease ?? marks.kernelRelease }
  var recordBytesRead: Int64 { pipeline.bytesRead }
  let hasPackedRecords: Bool
  var recordsIncomplete: String? { pipeline.incomplete }

  private static func form(_ contents: TraceDatContents) -> String {
    let codec = contents.header.codec
    var form = "trace.dat version \(contents.header.version)"
    if codec != .none { form += ", \(codec.rawValue)" }
    let instances = contents.buffers.map(\.name).filter { !$0.isEmpty }
    if !instances.isEmpty { form += ", buffers \(instances.joined(separator: " "))" }
    return form
  }

  /// The clock of the buffers with data. nil: they differ, the file does not say, or it is not known here.
  private static func clock(_ contents: TraceDatContents) -> TraceClock? {
    let clocks = clocks(contents)
    guard clocks.count == 1, let clock = clocks.first else { return nil }
    return TraceClock(rawValue: clock)
  }

  /// The cycles of `x86-tsc` are nanoseconds if the file has their duration. The kernel's clocks that are not known
  /// here are counters of other machines (`ppc-tb`, `s390-tod`).
  private static func stampUnit(_ contents: TraceDatContents) -> StampUnit {
    if contents.options.correction.cycles != nil { return .ns }
    let areTime = clocks(contents).allSatisfy { $0.isEmpty || TraceClock(rawValue: $0)?.unit == .ns }
    return areTime ? .ns : .tick
  }

  /// Those of the buffers with data; empty if the file does not say.
  private static func clocks(_ contents: TraceDatContents) -> Set<String> {
    let clocks = contents.buffers.filter { $0.cpus.contains { $0.bytes > 0 } }.map(\.clock)
    return Set((clocks.isEmpty ? [""] : clocks).map { $0.isEmpty ? contents.options.clock : $0 })
  }
}

// The reader of a trace.dat, versions 6 and 7.

import KVMEvents

final class TraceDatReader: RecordFileReader {
  let input: SeekableInput
  private var pipeline: TraceDatPipeline
  let formatDescription: String
  let clock: TraceClock?
  private(set) var contentHash: ContentHash?

  init(_ input: SeekableInput, options: TraceReadOptions) throws(TraceReadError) {
    let contents = try Self.contents(input)
    self.input = input
    pipeline = TraceDatPipeline(
      input.file, contents, decoder: try RecordDecoder(contents, options: options),
      chunkBytesKept: options.chunkBytesKept)
    formatDescription = Self.form(contents)
    clock = Self.clock(contents)
  }

  private static func contents(_ input: SeekableInput) throws(TraceReadError) -> TraceDatContents {
    do throws(TraceReadError) {
      return try TraceDatContents(input.file)
    } catch {
      if case .traceDat(let fault) = error, let reason = input.breakOff { throw .traceDatCutShort(fault, reason) }
      throw error
    }
  }

  func read(into events: UnsafeMutableBufferPointer<RecordedEvent>) throws(TraceReadError) -> Int {
    let count = try pipeline.read(into: events)
    if count < events.count, contentHash == nil { contentHash = try input.contentHash() }
    return count
  }

  var tasks: [TraceTask] { pipeline.decoder.tasks.tasks }
  var names: [EventName] { pipeline.decoder.names.names }
  var issues: IssueLog { pipeline.decoder.issues }
  var lines: EventID { pipeline.decoder.count }
  var recordBytesRead: Int64 { pipeline.bytesRead }
  var recordsIncomplete: String? { pipeline.incomplete }

  private static func form(_ contents: TraceDatContents) -> String {
    let codec = contents.header.codec
    var form = "trace.dat version \(contents.header.version)"
    if codec != .none { form += ", \(codec.rawValue)" }
    let instances = contents.buffers.map(\.name).filter { !$0.isEmpty }
    if !instances.isEmpty { form += ", buffers \(instances.joined(separator: " "))" }
    return form
  }

  /// The clock of the buffers that hold something. nil: they differ, the file does not say, or it is none that is known here.
  private static func clock(_ contents: TraceDatContents) -> TraceClock? {
    var clocks = Set(contents.buffers.filter { $0.cpus.contains { $0.bytes > 0 } }.map(\.clock))
    if clocks.isEmpty { clocks = [contents.options.clock] }
    guard clocks.count == 1, let clock = clocks.first else { return nil }
    return TraceClock(rawValue: clock.isEmpty ? contents.options.clock : clock)
  }
}

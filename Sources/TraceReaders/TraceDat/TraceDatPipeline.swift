// Pages to records to events, the CPUs merged by time: the stages of a trace.dat, in one value.

import KVMEvents

struct TraceDatPipeline: ~Copyable {
  private let streams: UnsafeMutableBufferPointer<CPUStream>
  private var merge = StreamMerge()
  var decoder: RecordDecoder
  private let layout: RingBufferLayout
  private let correction: TimestampCorrection?
  /// Why the recording is incomplete, as a sentence.
  private(set) var incomplete: String?
  private(set) var bytesRead: Int64 = 0

  private var hasBegun = false
  /// After everything else, the next one last.
  private var lastLosses: [LossMarker]

  /// - Parameter decoder: for the records of these contents.
  init(
    _ file: RandomAccessFile, _ contents: TraceDatContents, decoder: consuming RecordDecoder, chunkBytesKept: Int
  ) throws(TraceReadError) {
    let scratch = try ChunkScratch()
    self.decoder = decoder
    layout = contents.layout
    lastLosses = contents.options.dropped.sorted { $0.key > $1.key }.map {
      LossMarker(cpu: $0.key, count: $0.value, isPlaced: false)
    }
    correction = contents.options.correction.isIdentity ? nil : contents.options.correction
    streams = .allocate(capacity: contents.recordedCPUs)
    var place = 0
    for buffer in contents.buffers {
      for cpu in buffer.cpus where cpu.bytes > 0 {
        let pages = CPUPages(
          file, buffer, cpu, isBigEndian: contents.header.isBigEndian, scratch: scratch,
          keptMax: chunkBytesKept / contents.recordedCPUs)
        streams.initializeElement(
          at: place, to: CPUStream(cpu: cpu.number, pages: pages, nowhere: scratch.nowhere))
        place += 1
      }
    }
  }

  deinit { streams.deinitialize().deallocate() }

  /// The first record of each CPU.
  private mutating func begin() throws(TraceReadError) {
    hasBegun = true
    guard let start = streams.baseAddress else { return }
    for place in streams.indices {
      try step(start + place)
      if !streams[place].isAtEnd { merge.add(place, time: streams[place].time) }
    }
  }

  /// Puts the next events at the start of `events`; fewer than there is room for only at the end.
  mutating func read(into events: UnsafeMutableBufferPointer<RecordedEvent>) throws(TraceReadError) -> Int {
    if !hasBegun { try begin() }
    var count = 0
    while count < events.count, let first = merge.first, let start = streams.baseAddress {
      let second = merge.second ?? StreamMerge.Entry(time: .max, stream: .max)
      let stream = start + first
      // Usually a CPU has several events before another one's turn.
      repeat {
        count += try deliver(stream, into: &events[count]) ? 1 : 0
      } while count < events.count && !stream.pointee.isAtEnd
        && StreamMerge.Entry(time: stream.pointee.time, stream: first) < second
      if stream.pointee.isAtEnd { merge.removeFirst() } else { merge.moveFirst(to: stream.pointee.time) }
    }
    while count < events.count, merge.first == nil, let loss = lastLosses.popLast() {
      decoder.noteDropped(loss)
      decoder.deliver(loss, into: &events[count])
      count += 1
    }
    return count
  }

  /// Iterates over the losses and records in the order of `read(into:)`, undecoded. Each has the same id.
  /// - Parameter visit: gets the id, the index of the CPU's stream (buffer by buffer, CPUs with data only), and the
  ///   stream, positioned at the loss or record. False: no more are wanted.
  mutating func visit(
    _ visit: (EventID, Int, UnsafePointer<CPUStream>) throws(TraceReadError) -> Bool
  ) throws(TraceReadError) {
    if !hasBegun { try begin() }
    var id: EventID = 0
    while let first = merge.first, let start = streams.baseAddress {
      let stream = start + first
      id += 1
      guard try visit(id, first, stream) else { return }
      if stream.pointee.loss != .none { stream.pointee.takeLoss() } else { try step(stream) }
      if stream.pointee.isAtEnd { merge.removeFirst() } else { merge.moveFirst(to: stream.pointee.time) }
    }
  }

  /// The stream's current loss or record. True: `event` was filled.
  @inline(__always)
  private mutating func deliver(
    _ stream: UnsafeMutablePointer<CPUStream>, into event: inout RecordedEvent
  ) throws(TraceReadError) -> Bool {
    if stream.pointee.loss != .none {
      decoder.readLoss(stream, into: &event)
      stream.pointee.takeLoss()
      return true
    }
    let isEvent = decoder.read(stream, into: &event)
    try step(stream)
    return isEvent
  }

  /// Continues to the stream's next record, or to its end.
  @inline(__always) private mutating func step(_ stream: UnsafeMutablePointer<CPUStream>) throws(TraceReadError) {
    while true {
      switch stream.pointee.step(isBigEndian: layout.isBigEndian) {
      case .record:
        let stamp = stream.pointee.stamp
        stream.pointee.time = correction?.apply(stamp, cpu: Int(stream.pointee.cpu)) ?? stamp
        return
      case .pageEnd:
        if try !turnPage(stream) { return }
      case .broken(let fault):
        lose(fault, stream)
      }
    }
  }

  /// Begins the stream's next page. False: there is none.
  private mutating func turnPage(_ stream: UnsafeMutablePointer<CPUStream>) throws(TraceReadError) -> Bool {
    switch try stream.pointee.pages.nextPage() {
    case .page(let page):
      bytesRead += Int64(page.count)
      guard let fault = stream.pointee.begin(page, layout) else { return true }
      // The file ends inside this page.
      if page.count < stream.pointee.pages.pageBytes { return cutOff(stream) }
      lose(fault, stream)
      return true
    case .damaged(let reason):
      lose(.packed(reason), stream)
      return true
    case .cutOff:
      return cutOff(stream)
    case .end:
      stream.pointee.finish()
      return false
    }
  }

  /// What follows this position is not in the file. Returns false: there is no page.
  private mutating func cutOff(_ stream: UnsafeMutablePointer<CPUStream>) -> Bool {
    let reason = "the trace data of CPU \(stream.pointee.cpu) break off"
    incomplete = incomplete ?? "\(reason); what stands before was read"
    decoder.noteCutOff(reason, stream)
    stream.pointee.lose(.unknown)
    stream.pointee.finish()
    return false
  }

  private mutating func lose(_ fault: PageFault, _ stream: UnsafeMutablePointer<CPUStream>) {
    decoder.notePage(fault, stream)
    stream.pointee.lose(.unknown)
  }
}

// Records to order to events: the stages of a perf.data, in one value.

import KVMEvents

struct PerfDataPipeline: ~Copyable {
  private var records: PerfRecords
  private let blocks: RecordBlocks
  private var order: RoundOrder
  var decoder: PerfDecoder
  private let cpuOfID: [UInt64: Int32]
  /// Losses that wait for the next record.
  private var heldLosses: [RoundOrder.Entry] = []
  /// One for each CPU, and more.
  private static let heldLossesMax = 1 << 16
  /// By CPU, what perf record counted itself, and wrote at its end.
  private var countedLosses: [Int32: UInt64] = [:]
  private var areAllTaken = false
  /// Losses after everything else, the next one last. nil: not everything was delivered.
  private var lastLosses: [LossMarker]?
  /// Why the recording is incomplete.
  private var breakOff: String?
  private(set) var bytesRead: Int64 = 0

  /// - Parameter decoder: for the records of these contents.
  init(_ contents: PerfDataContents, decoder: consuming PerfDecoder, waitingMax: Int) {
    let isBigEndian = contents.header.isBigEndian
    records = PerfRecords(contents.file, contents.records, isBigEndian: isBigEndian)
    blocks = RecordBlocks(contents.file, isBigEndian: isBigEndian)
    order = RoundOrder(waitingMax: waitingMax)
    self.decoder = decoder
    cpuOfID = contents.cpuOfID
    breakOff = contents.breakOff
  }

  /// A sentence; nil: the recording is complete, as far as it was read.
  var incomplete: String? {
    breakOff.map { "the records break off: \($0); what stands before was read" }
  }

  /// Puts the next events at the start of `events`; fewer than there is room for only at the end.
  mutating func read(into events: UnsafeMutableBufferPointer<RecordedEvent>) throws(TraceReadError) -> Int {
    var count = 0
    while count < events.count {
      if let entry = order.take() {
        if try deliver(entry, into: &events[count]) { count += 1 }
      } else if !areAllTaken {
        try fill()
      } else if lastLosses == nil {
        lastLosses = endLosses()
      } else if let loss = lastLosses?.popLast() {
        decoder.deliver(loss, into: &events[count])
        count += 1
      } else {
        break
      }
    }
    return count
  }

  private mutating func deliver(
    _ entry: RoundOrder.Entry, into event: inout RecordedEvent
  ) throws(TraceReadError) -> Bool {
    guard let record = try blocks.record(at: entry.place, slot: entry.slot) else {
      return decoder.noteRecord("the file does not hold it any more", nil)
    }
    return decoder.read(record, into: &event)
  }

  /// Takes in records until some can be passed on, or all are read.
  private mutating func fill() throws(TraceReadError) {
    repeat {
      switch try records.next() {
      case .record(let record, let place):
        bytesRead += Int64(record.bytes)
        take(record, place)
      case .broken(let reason):
        breakOff = breakOff ?? reason
        finish()
      case .end:
        finish()
      }
    } while !areAllTaken && !order.hasReady
  }

  private mutating func take(_ record: PerfRecord, _ place: UInt64) {
    switch record.kind {
    case .sample:
      let head = decoder.events.attribute(ofSample: record).flatMap { SampleHead(record, $0) }
      put(time: head?.time, place, cpu: head.map { Int32(truncatingIfNeeded: $0.cpu) } ?? RecordedEvent.unknownCPU)
    case .lost:
      // Its stamp is taken when there is room for it: perhaps later than that of the record after it, which was waiting
      // for that room.
      let entry = RoundOrder.Entry(time: time(of: record) ?? .max, place: place, cpu: decoder.cpu(of: record))
      if heldLosses.count >= Self.heldLossesMax { releaseLosses(before: nil) }
      heldLosses.append(entry)
    case .lostSamples: takeLostSamples(record, place)
    case .comm:
      if let time = time(of: record) {
        put(time: time, place, cpu: decoder.cpu(of: record))
      } else {
        decoder.comms.readComm(record)
      }
    case .fork:
      if let time = time(of: record) {
        put(time: time, place, cpu: decoder.cpu(of: record))
      } else {
        decoder.comms.readFork(record)
      }
    case .finishedRound:
      releaseLosses(before: nil)
      order.finishRound()
    case .compressed, .compressed2:
      // Those of a compressed file are decompressed by now.
      breakOff = breakOff ?? "packed ones among others"
      finish()
    case .headerAttr, .tracingData, .idIndex, .auxtrace, .headerFeature, nil: break
    }
  }

  /// - Parameter time: nil if it has none; then, or if the time is impossible, it comes after everything before it.
  private mutating func put(time: UInt64?, _ place: UInt64, cpu: Int32) {
    let time = time.flatMap { TraceTimestamp(recorded: $0) == nil ? nil : $0 } ?? order.latest
    let entry = RoundOrder.Entry(time: time, place: place, cpu: cpu)
    releaseLosses(before: entry)
    order.put(entry)
  }

  /// - Parameter entry: the entry after them; nil: none with a known time.
  private mutating func releaseLosses(before entry: RoundOrder.Entry?) {
    if heldLosses.isEmpty { return }
    for var loss in heldLosses {
      let isOfOneCPU = loss.slot == entry?.slot
      if loss.time == .max || isOfOneCPU { loss.time = min(loss.time, entry?.time ?? order.latest) }
      order.put(loss)
    }
    heldLosses.removeAll()
  }

  /// When a record that is not a sample was written; nil: not known, as for all that perf record synthesised.
  private func time(of record: PerfRecord) -> UInt64? {
    guard let place = decoder.events.attribute(ofOther: record)?.layout.trailer.time,
      let time = record.number(at: record.bytes - place, UInt64.self), time != 0, TraceTimestamp(recorded: time) != nil
    else { return nil }
    return time
  }

  private mutating func takeLostSamples(_ record: PerfRecord, _ place: UInt64) {
    // Events dropped by a filter do not count as lost.
    if record.hasTopMiscBit { return }
    if let time = time(of: record) { return put(time: time, place, cpu: decoder.cpu(of: record)) }
    guard let count = record.number(at: 8, UInt64.self) else { return }
    let trailer = decoder.events.attribute(ofOther: record)?.layout.trailer.id
    let id = trailer.flatMap { record.number(at: record.bytes - $0, UInt64.self) }
    let cpu = id.flatMap { cpuOfID[$0] } ?? RecordedEvent.unknownCPU
    countedLosses[cpu] = countedLosses[cpu, default: 0].addingReportingOverflow(count).partialValue
  }

  private mutating func finish() {
    releaseLosses(before: nil)
    order.finish()
    areAllTaken = true
  }

  /// What perf record counted includes the losses of other records; the rest was lost at the end, when nothing was
  /// written any more.
  private mutating func endLosses() -> [LossMarker] {
    var losses: [LossMarker] = []
    for (cpu, count) in countedLosses.sorted(by: { $0.key > $1.key }) {
      let told = decoder.toldLosses(on: cpu)
      if count > told { losses.append(LossMarker(cpu: cpu, count: count - told)) }
    }
    if let breakOff {
      decoder.noteBreakOff(breakOff)
      losses.append(LossMarker(cpu: RecordedEvent.unknownCPU, count: nil))
    }
    return losses
  }
}

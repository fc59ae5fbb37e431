// The positions of the values in the samples of one event, and in the trailers of its other records.

struct SampleLayout {
  /// Offsets from the sample's begin; nil: it has no such value.
  let tid: Int?
  let time: Int?
  let id: Int?
  let cpu: Int?
  /// Values without a fixed size begin here.
  private let tail: Int
  private let type: SampleType
  private let format: ReadFormat
  let trailer: Trailer

  /// The same for the trailer: offsets before the record's end. All nil if the event's records have none.
  struct Trailer {
    var time: Int?
    var id: Int?
    var cpu: Int?
    var bytes = 0
  }

  init(_ type: SampleType, _ format: ReadFormat, hasTrailer: Bool) {
    var places: [UInt64: Int] = [:]
    var place = PerfRecord.headBytes
    for value in SampleType.leading where type.contains(value) {
      places[value.rawValue] = place
      place += 8
    }
    (tid, time, cpu) = (
      places[SampleType.tid.rawValue], places[SampleType.time.rawValue], places[SampleType.cpu.rawValue]
    )
    id = places[SampleType.identifier.rawValue] ?? places[SampleType.id.rawValue]
    tail = place
    (self.type, self.format) = (type, format)
    var trailer = Trailer()
    for value in SampleType.trailing.reversed() where type.contains(value) && hasTrailer {
      trailer.bytes += 8
      if value == .time { trailer.time = trailer.bytes }
      if value == .cpu { trailer.cpu = trailer.bytes }
      if value == .identifier || value == .id { trailer.id = trailer.id ?? trailer.bytes }
    }
    self.trailer = trailer
  }

  /// The fields of a tracepoint's event; nil: missing, or beyond the sample.
  @inline(__always) func raw(of sample: PerfRecord) -> UnsafeRawBufferPointer? {
    var place = tail
    if type.contains(.read), !skipRead(&place, sample) { return nil }
    if type.contains(.callchain), !skipWords(&place, sample) { return nil }
    guard let count = sample.number(at: place, UInt32.self), Int(count) <= sample.bytes - place - 4 else { return nil }
    return UnsafeRawBufferPointer(start: sample.start + place + 4, count: Int(count))
  }

  /// False: it extends past the sample.
  private func skipRead(_ place: inout Int, _ sample: PerfRecord) -> Bool {
    var words = format.times + format.perEvent
    if format.contains(.group) {
      guard let count = sample.number(at: place, UInt64.self), count <= UInt64(sample.bytes) else { return false }
      words = 1 + format.times + Int(count) * format.perEvent
    }
    place += 8 * words
    return place <= sample.bytes
  }

  /// A count, and that many words.
  private func skipWords(_ place: inout Int, _ sample: PerfRecord) -> Bool {
    guard let count = sample.number(at: place, UInt64.self), count <= UInt64(sample.bytes) else { return false }
    place += 8 * (1 + Int(count))
    return place <= sample.bytes
  }
}

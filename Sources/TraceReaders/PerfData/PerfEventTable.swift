// The events of a perf.data, and the event of each record.

struct PerfEventTable {
  private(set) var attributes: [PerfAttribute] = []
  private var placeOfID: [UInt64: Int] = [:]
  /// All that were given, including duplicates.
  private var idCount = 0
  /// The position of the id in every sample, and its distance from the end in every other record; nil: none.
  private var idInSample: Int?
  private var idInTrailer: Int?
  private(set) var isFinished = false

  /// A thousand events on a thousand CPUs.
  static let idsMax = 1 << 20
  static let attributesMax = 1 << 16

  mutating func add(_ attribute: PerfAttribute, ids: [UInt64]) throws(TraceReadError) {
    guard attributes.count < Self.attributesMax, idCount + ids.count <= Self.idsMax else {
      throw .part(.odd(.attributes))
    }
    idCount += ids.count
    for id in ids { placeOfID[id] = attributes.count }
    attributes.append(attribute)
  }

  /// Checks what all need to have in common. After the last one.
  mutating func finish() throws(TraceReadError) {
    isFinished = true
    guard let first = attributes.first, attributes.contains(where: \.isTracepoint) else {
      throw .perfData(.noTracepoints)
    }
    for attribute in attributes where attribute.isTracepoint {
      if attribute.layout.time == nil { throw .perfData(.lacks(.time)) }
      if attribute.layout.cpu == nil { throw .perfData(.lacks(.cpu)) }
      if !attribute.sampleType.contains(.raw) { throw .perfData(.lacks(.raw)) }
    }
    (idInSample, idInTrailer) = (first.layout.id, first.layout.trailer.id)
    if attributes.count == 1 { return }
    guard idInSample != nil,
      attributes.allSatisfy({ $0.layout.id == idInSample && $0.layout.trailer.id == idInTrailer })
    else { throw .perfData(.mixedSamples) }
  }

  /// The event of a sample; nil: its id belongs to none.
  @inline(__always) func attribute(ofSample sample: PerfRecord) -> PerfAttribute? {
    if attributes.count == 1 { return attributes[0] }
    guard let place = idInSample, let id = sample.number(at: place, UInt64.self) else { return nil }
    return attribute(id)
  }

  /// The event whose trailer a record that is not a sample has; nil: as above.
  func attribute(ofOther record: PerfRecord) -> PerfAttribute? {
    guard let place = idInTrailer, attributes.count > 1 else { return attributes.first }
    guard let id = record.number(at: record.bytes - place, UInt64.self) else { return nil }
    return attribute(id)
  }

  /// What perf record synthesises has the id 0.
  @inline(__always) private func attribute(_ id: UInt64) -> PerfAttribute? {
    if id == 0 { return attributes.first }
    return placeOfID[id].map { attributes[$0] }
  }
}

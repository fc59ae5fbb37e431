// A Perfetto trace, written packet by packet: tracks, and what lies on them.

import TextLayout

/// A file of Perfetto's TrackEvents. A `Trace` is one repeated field, so packets are appended one after the other, and
/// nothing but the names in use is kept. Field numbers are those of Perfetto's `protos/perfetto/trace`.
final class TrackEventWriter {
  enum Kind: UInt64 {
    case begin = 1
    case end = 2
    case instant = 3
  }

  /// A track that holds nothing itself, has slices and instants, or a counter's values.
  enum TrackKind {
    case group
    case process(pid: Int64)
    case slices
    case counter
  }

  /// Perfetto's `BuiltinClock`.
  enum Clock: UInt64 {
    case monotonic = 3
    case monotonicRaw = 5
    case bootTime = 6
  }

  /// The names of one kind, each written once, before the first packet that uses it.
  private struct Interned {
    /// Of `InternedData`.
    let field: UInt64
    private var ids: [String: UInt64] = [:]

    init(_ field: UInt64) { self.field = field }

    mutating func id(_ text: String, _ pending: inout ProtoMessage) -> UInt64 {
      if let known = ids[text] { return known }
      let id = UInt64(ids.count + 1)
      ids[text] = id
      pending.message(field) {
        $0.varint(1, id)
        $0.text(2, text.printable)
      }
      return id
    }
  }

  /// "gpcr": another producer's recording, to which this one may be appended, has small numbers of its own.
  static let mark: UInt64 = 0x6770_6372
  private static let bufferSize = 1 << 16

  private let sink: ([UInt8]) throws -> Void
  private var buffer = ProtoMessage()
  private var packet = ProtoMessage()
  private var event = ProtoMessage()
  private var newNames = ProtoMessage()
  private var eventNames = Interned(2)
  private var annotationNames = Interned(3)
  private var words = Interned(29)
  private var trackCount: UInt64 = 0
  private(set) var packetCount: Int64 = 0
  private(set) var byteCount: Int64 = 0

  /// - Parameters:
  ///   - clock: whose the times are; nil: none that Perfetto knows.
  ///   - start: the first time, in nanoseconds.
  init(clock: Clock?, start: Int64, to sink: @escaping ([UInt8]) throws -> Void) throws {
    self.sink = sink
    if let clock {
      // The times of all tracks, and their relation to those of another recording in the same trace.
      packet.message(6) { snapshot in
        snapshot.message(1) {
          $0.varint(1, clock.rawValue)
          $0.varint(2, start)
        }
        snapshot.varint(2, clock.rawValue)
      }
      try endPacket()
    }
    packet.varint(13, UInt64(1))
    packet.message(59) { defaults in
      if let clock { defaults.varint(58, clock.rawValue) }
    }
    try endPacket()
  }

  // MARK: Tracks

  /// Describes a track, and returns its uuid.
  /// - Parameters:
  ///   - parent: nil: it lies at the top.
  ///   - rank: its place among its siblings.
  ///   - text: what it shows, for Perfetto's versions that show it.
  func track(_ name: String, _ kind: TrackKind, in parent: UInt64?, rank: Int64, _ text: String = "") throws -> UInt64 {
    trackCount += 1
    let uuid = Self.mark << 32 | trackCount
    packet.message(60) { track in
      track.varint(1, uuid)
      if let parent { track.varint(5, parent) }
      track.varint(12, rank)
      // Children by their ranks.
      track.varint(11, UInt64(3))
      if !text.isEmpty { track.text(14, text) }
      if case .process(let pid) = kind {
        track.message(3) {
          $0.varint(1, pid)
          $0.text(6, name.printable)
        }
      } else {
        track.text(2, name.printable)
      }
      if case .counter = kind { track.message(8) { $0.varint(3, UInt64(2)) } }
    }
    try endPacket()
    return uuid
  }

  // MARK: Events

  /// - Parameters:
  ///   - ns: of the trace clock.
  ///   - name: one of few; nil: the end of a slice, which has its name.
  ///   - text: a name that may be the only one of its kind, in place of `name`.
  ///   - flow: arrows join the events of one flow, in the order of their times.
  ///   - annotate: calls `integer`, `address`, `word` and `text`.
  @inline(__always)
  func event(
    _ kind: Kind, on track: UInt64, at ns: Int64, _ name: String? = nil, text: String? = nil, flow: Int64? = nil,
    annotate: (TrackEventWriter) -> Void = { _ in }
  ) throws {
    event.varint(9, kind.rawValue)
    event.varint(11, track)
    if let name { event.varint(10, eventNames.id(name, &newNames)) }
    if let text { event.text(23, text.printable) }
    if let flow { event.fixed64(47, Self.mark << 32 | UInt64(truncatingIfNeeded: flow)) }
    annotate(self)
    try endEvent(at: ns)
  }

  func counter(_ value: Int64, on track: UInt64, at ns: Int64) throws {
    event.varint(9, UInt64(4))
    event.varint(11, track)
    event.varint(30, value)
    try endEvent(at: ns)
  }

  func integer(_ name: String, _ value: Int64?) {
    guard let value else { return }
    annotation(name) { $0.varint(4, value) }
  }

  /// Shown in hex.
  func address(_ name: String, _ value: Int64?) {
    guard let value else { return }
    annotation(name) { $0.varint(7, value) }
  }

  /// A text of which there are few.
  func word(_ name: String, _ value: String?) {
    guard let value else { return }
    let id = words.id(value, &newNames)
    annotation(name) { $0.varint(17, id) }
  }

  func text(_ name: String, _ value: String) { annotation(name) { $0.text(6, value.printable) } }

  @inline(__always)
  private func annotation(_ name: String, _ value: (inout ProtoMessage) -> Void) {
    let id = annotationNames.id(name, &newNames)
    event.message(4) {
      $0.varint(1, id)
      value(&$0)
    }
  }

  // MARK: Packets

  private func endEvent(at ns: Int64) throws {
    packet.varint(8, ns)
    packet.varint(13, UInt64(2))
    if !newNames.bytes.isEmpty {
      packet.message(12, newNames)
      newNames.removeAll()
    }
    packet.message(11, event)
    event.removeAll()
    try endPacket()
  }

  private func endPacket() throws {
    packet.varint(10, Self.mark)
    packetCount += 1
    buffer.message(1, packet)
    packet.removeAll()
    if buffer.bytes.count >= Self.bufferSize { try flush() }
  }

  /// Hands out what is left.
  func flush() throws {
    byteCount += Int64(buffer.bytes.count)
    try sink(buffer.bytes)
    buffer.removeAll()
  }
}

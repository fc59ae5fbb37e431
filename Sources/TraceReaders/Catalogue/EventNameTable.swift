// The event names of a recording, interned, with what the catalogue says about each.

import Glibc
import KVMEvents

/// Open addressing over the names' bytes. An entry is reached through its id; ids are dense and stay.
struct EventNameTable: ~Copyable {
  private let catalogue: ProbeCatalogue
  private var slots = [EventNameID](repeating: -1, count: 256)
  private(set) var entries: [Entry] = []
  private var lostEvents: EventNameID?
  /// The catalogue events that the recording lists as set.
  private var listed: [String] = []

  /// More names than a kernel has events: the input is garbage, and the table must not grow with it.
  private static let namesMax = 16_384

  struct Entry {
    let name: UnsafeMutableRawBufferPointer
    let hash: UInt64
    /// Its meanings: one, or several with conditions.
    let layouts: UnsafeMutableBufferPointer<EventLayout>
    let isKnown: Bool
    let hasBody: Bool
    /// All that the name means are probes, whose bodies begin with an address.
    let isProbe: Bool
    /// How the event gives comms; nil: it does not.
    let teller: CommTeller?
    /// The meaning of the name's last event.
    var current = 0
    var count: Int64 = 0
  }

  init(catalogue: ProbeCatalogue) { self.catalogue = catalogue }

  deinit {
    for entry in entries {
      entry.name.deallocate()
      for layout in entry.layouts { layout.slots.deallocate() }
      entry.layouts.deinitialize().deallocate()
    }
  }

  /// The name's id; nil: there are too many names.
  @inline(__always) mutating func id(_ name: UnsafeRawPointer, _ count: Int) -> EventNameID? {
    let hash = Self.hash(name, count)
    var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[place] >= 0 {
      let id = slots[place]
      if entries[Int(id)].isNamed(name, count, hash) { return id }
      place = (place + 1) & (slots.count - 1)
    }
    return insert(name, count, hash)
  }

  mutating func id(of name: String) -> EventNameID? {
    // Whole words are loaded.
    let bytes = Array(name.utf8) + [UInt8](repeating: 0, count: 8)
    return bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return nil }
      return id(start, bytes.count - 8)
    }
  }

  func isInCatalogue(_ name: some Collection<UInt8>) -> Bool {
    catalogue.meanings[String(decoding: name, as: UTF8.self)] != nil
  }

  private static func hash(_ name: UnsafeRawPointer, _ count: Int) -> UInt64 {
    // The first and the last eight bytes distinguish our names; memcmp decides.
    var first = name.word
    var last: UInt64 = 0
    if count < 8 {
      first &= (1 << UInt64(8 * count)) - 1
    } else {
      last = (name + count - 8).word
    }
    let mixed = (first ^ last &* 0x9e37_79b1_85eb_ca87 ^ UInt64(count)) &* 0xc2b2_ae3d_27d4_eb4f
    return mixed ^ mixed >> 32
  }

  private mutating func insert(_ name: UnsafeRawPointer, _ count: Int, _ hash: UInt64) -> EventNameID? {
    guard entries.count < Self.namesMax else { return nil }
    if entries.count * 2 >= slots.count { grow() }
    let id = EventNameID(entries.count)
    let bytes = UnsafeRawBufferPointer(start: name, count: count)
    entries.append(Self.entry(bytes, hash, catalogue.meanings[String(decoding: bytes, as: UTF8.self)]))
    place(id, hash)
    return id
  }

  /// The recording lists these events: formats or attributes of them are in its header.
  mutating func list(_ names: some Sequence<String>) {
    listed += names.filter { catalogue.meanings[$0] != nil }
  }

  /// The id of loss markers; no event can have the name, since it holds a blank.
  mutating func idOfLostEvents() -> EventNameID {
    if let lostEvents { return lostEvents }
    let id = EventNameID(entries.count)
    let meaning = CatalogueEvent(name: "lost events", kind: .lostEvents)
    entries.append(Array(meaning.name.utf8).withUnsafeBytes { Self.entry($0, 0, [meaning]) })
    lostEvents = id
    return id
  }

  private static func entry(
    _ name: UnsafeRawBufferPointer, _ hash: UInt64, _ meanings: [CatalogueEvent]?
  ) -> Entry {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(name.count, 1), alignment: 1)
    copy.copyMemory(from: name)
    let events = meanings ?? [CatalogueEvent(name: "", kind: .bystander)]
    let layouts = UnsafeMutableBufferPointer<EventLayout>.allocate(capacity: events.count)
    for (place, event) in events.enumerated() {
      layouts.initializeElement(at: place, to: EventLayout(event, others: events))
    }
    return Entry(
      name: UnsafeMutableRawBufferPointer(rebasing: copy[..<name.count]), hash: hash, layouts: layouts,
      isKnown: meanings != nil, hasBody: layouts.contains(where: \.hasBody),
      isProbe: events.allSatisfy { $0.definition != nil }, teller: CommTeller(eventName: name))
  }

  private mutating func place(_ id: EventNameID, _ hash: UInt64) {
    var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[place] >= 0 { place = (place + 1) & (slots.count - 1) }
    slots[place] = id
  }

  private mutating func grow() {
    slots = [EventNameID](repeating: -1, count: slots.count * 2)
    for (id, entry) in entries.enumerated() where EventNameID(id) != lostEvents { place(EventNameID(id), entry.hash) }
  }

  /// One more event of this name was delivered or skipped, of this meaning.
  @inline(__always) mutating func count(_ id: EventNameID, meaning: Int) {
    entries[Int(id)].count += 1
    entries[Int(id)].current = meaning
  }

  /// A record was read, of any name; loss markers do not count.
  var hasEvents: Bool { entries.count > (lostEvents == nil ? 0 : 1) }

  /// By id, followed by those that are only listed. All are distinct: if different bytes become equal because invalid
  /// UTF-8 is replaced, the later ones are numbered.
  var names: [EventName] {
    var taken: Set<String> = []
    var lastNumber: [String: Int] = [:]
    let listed = Set(listed)
    let met = entries.map { entry in
      let kind = entry.isKnown ? entry.layouts[entry.current].kind : nil
      let decoded = String(decoding: entry.name, as: UTF8.self)
      var name = decoded
      while !taken.insert(name).inserted {
        let number = lastNumber[decoded, default: 1] + 1
        lastNumber[decoded] = number
        name = "\(decoded) (\(number))"
      }
      return EventName(name: name, kind: kind, count: entry.count, isListed: listed.contains(name))
    }
    return met
      + listed.subtracting(taken).sorted().map {
        EventName(name: $0, kind: catalogue.meanings[$0]?.first?.kind, count: 0, isListed: true)
      }
  }
}

extension EventNameTable.Entry {
  @inline(__always) func isNamed(_ other: UnsafeRawPointer, _ count: Int, _ otherHash: UInt64) -> Bool {
    guard hash == otherHash, name.count == count, let own = name.baseAddress else { return false }
    return memcmp(own, other, count) == 0
  }
}

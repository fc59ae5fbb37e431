// Reads the fields of one event: `(address) key=value …`, or a tracepoint's own format.

import KVMEvents

/// What was wrong with an event's fields. Turned into issues by the caller, so well-formed lines cost nothing.
struct BodyFaults {
  var badFields = EventFieldSet(rawValue: 0)
  var badPointers = EventFieldSet(rawValue: 0)
  /// A word that is not `key=value`.
  var hasJunk = false
  /// The name has another meaning than the one assumed: its index.
  var otherMeaning: Int?
  /// `-R`: raw fields, the probe's address among them.
  var isRaw = false
}

struct BodyReader {
  let layout: UnsafeMutablePointer<EventLayout>
  private(set) var faults = BodyFaults()

  init(_ layout: UnsafeMutablePointer<EventLayout>) { self.layout = layout }

  @inline(__always)
  mutating func read(from start: UnsafeRawPointer, _ end: UnsafeRawPointer, into event: inout RecordedEvent) {
    var place = start
    if !layout.pointee.pattern.isEmpty, readPattern(place, end, into: &event) { return }
    skipProbeAddress(&place, end)
    var slot = layout.pointee.first
    var previous = -1
    while place < end {
      if !layout.pointee.slots[slot].matches(place) || place + layout.pointee.slots[slot].count > end {
        guard let found = findSlot(place, end) else {
          skipUnknown(&place, end)
          continue
        }
        slot = found
        learn(slot, after: previous)
      }
      readValue(of: slot, &place, end, into: &event)
      skipBlanks(&place, end)
      previous = slot
      slot = layout.pointee.slots[slot].successor
    }
  }

  /// Whether a body is a probe's: it begins with the address, in parentheses or (`-R`, `options/fields`) as a field. An
  /// empty one is a remnant.
  @inline(__always) static func isOfProbe(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    start >= end || start.byte == UInt8(ascii: "(") || isOfRawProbe(start, end)
  }

  private static func isOfRawProbe(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    var place = start
    if skip("[FAILED TO PARSE]", &place, end) { skipBlanks(&place, end) }
    return skip("__probe_", &place, end)
  }

  /// `(ffffffffc07eafa4)`, or of a return probe `(ffffffffc07e0354 <- ffffffffc07e3d15)`.
  @inline(__always) private mutating func skipProbeAddress(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) {
    guard place < end else { return }
    if place.byte == UInt8(ascii: "(") {
      if end - place > 18, (place + 17).byte == UInt8(ascii: ")") {
        place += 18
      } else if end - place >= 38, (place + 37).byte == UInt8(ascii: ")") {
        place += 38
      } else {
        while place < end, place.byte != UInt8(ascii: ")") { place += 1 }
        if place < end { place += 1 }
      }
    } else if place.byte == UInt8(ascii: "_") {
      // `-R` prints the address as a field.
      faults.isRaw = true
    } else if place.byte == UInt8(ascii: "[") {
      _ = skip("[FAILED TO PARSE]", &place, end)
    }
    skipBlanks(&place, end)
  }

  @inline(__always)
  private mutating func readValue(
    of slot: Int, _ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer, into event: inout RecordedEvent
  ) {
    place += layout.pointee.slots[slot].count
    switch layout.pointee.slots[slot].use {
    case .field(let field):
      guard let value = number(&place, end), place == end || place.byte == 0x20 else {
        faults.badFields.insert(field)
        skipWord(&place, end)
        return
      }
      faults.store(value, in: field, layout.pointee.slots[slot], of: &event)
    case .ignored:
      skipWord(&place, end)
    case .otherMeaning(let other):
      faults.otherMeaning = other
      skipWord(&place, end)
    }
  }

  /// Hex with `0x`, or decimal with or without a sign; two's complement.
  @inline(__always) private func number(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> UInt64? {
    if end - place > 2, place.byte == UInt8(ascii: "0"), (place + 1).byte == UInt8(ascii: "x") {
      place += 2
      return hexadecimal(&place, end)
    }
    guard skip(UInt8(ascii: "-"), &place, end) else { return decimal(&place, end) }
    guard let size = decimal(&place, end), size <= 1 << 63 else { return nil }
    return 0 &- size
  }

  private func findSlot(_ place: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Int? {
    layout.pointee.slots.firstIndex { $0.matches(place) && place + $0.count <= end }
  }

  /// Keeps the order in which this recording prints the fields.
  private mutating func learn(_ slot: Int, after previous: Int) {
    if previous < 0 {
      layout.pointee.first = slot
    } else {
      layout.pointee.slots[previous].successor = slot
    }
  }

  /// A key that is not in the catalogue, or a word without one.
  private mutating func skipUnknown(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) {
    let start = place
    skipWord(&place, end)
    let word = UnsafeRawBufferPointer(start: start, count: place - start)
    if !word.contains(UInt8(ascii: "=")), !isRepeatedValue(word) { faults.hasJunk = true }
    skipBlanks(&place, end)
  }

  /// tracefs' `options/fields` prints a value in hex and again in decimal: `ret=0xfffffff2 (-14)`.
  private func isRepeatedValue(_ word: UnsafeRawBufferPointer) -> Bool {
    word.count > 2 && word.first == UInt8(ascii: "(") && word.last == UInt8(ascii: ")")
      && word.dropFirst().dropLast().allSatisfy { $0.isDigit || $0 == UInt8(ascii: "-") }
  }

  @inline(__always) private func skipWord(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) {
    while place < end, place.byte != 0x20 { place += 1 }
  }

  /// False, and nothing read, if the body has another format (`-R` prints `key=value` instead).
  private mutating func readPattern(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, into event: inout RecordedEvent
  ) -> Bool {
    var place = start
    for step in layout.pointee.pattern {
      switch step {
      case .text(let text):
        for byte in text where !skip(byte, &place, end) {
          if place == start || event.fields.rawValue == 0 { return false }
          faults.hasJunk = true
          return true
        }
      case .value(let slot):
        guard case .field(let field) = layout.pointee.slots[slot].use else { continue }
        guard let value = number(&place, end) else {
          faults.badFields.insert(field)
          return true
        }
        faults.store(value, in: field, layout.pointee.slots[slot], of: &event)
      }
    }
    if place != end { faults.hasJunk = true }
    return true
  }
}

extension BodyFaults {
  @inline(__always)
  mutating func store(_ value: UInt64, in field: EventField, _ slot: KeySlot, of event: inout RecordedEvent) {
    store(value, in: field, at: slot.place, as: slot.type, of: &event)
  }

  /// Stores a value, if the field's type allows it.
  @inline(__always)
  mutating func store(
    _ value: UInt64, in field: EventField, at place: Int, as type: FieldType, of event: inout RecordedEvent
  ) {
    switch type {
    case .number:
      event.put(value, at: place)
    case .pointer:
      if value >> 63 == 0 { badPointers.insert(field) }
      // A hashed pointer still names its object, the same one throughout a recording; 0 names none.
      if value != 0 { event.put(value, at: place) }
    case .int32:
      event.put(value >> 31 == 1 ? value | 0xffff_ffff_0000_0000 : value, at: place)
    case .flag:
      if value > 1 { badFields.insert(field) } else { event.put(value, at: place) }
    }
  }
}

extension RecordedEvent {
  /// `set`, within this module: the call across the modules costs as much as reading a number.
  @inline(__always) fileprivate mutating func put(_ value: UInt64, at place: Int) {
    fields.rawValue |= 1 &<< UInt32(truncatingIfNeeded: place)
    values[place] = value
  }
}

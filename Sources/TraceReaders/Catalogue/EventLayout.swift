// One meaning of an event name, prepared for reading its fields.

import KVMEvents

struct EventLayout {
  let kind: EventKind
  /// Fields an event of this meaning has to carry.
  let required: EventFieldSet
  /// The field whose presence selects this meaning.
  let condition: EventField?
  let pattern: [PatternStep]
  let slots: UnsafeMutableBufferPointer<KeySlot>
  /// The slot that came first last time.
  var first = 0

  enum PatternStep {
    case text([UInt8])
    /// A number, for this slot.
    case value(Int)
  }

  /// `-R` prints these in front of a kprobe's own fields.
  private static let probeKeys = ["__probe_ip", "__probe_func", "__probe_ret_ip"]

  /// `others`: all meanings of the name, this one among them.
  init(_ event: CatalogueEvent, others: [CatalogueEvent]) {
    kind = event.kind
    condition = event.fields.first { $0.key == event.condition }?.field
    var required: EventFieldSet = []
    var keys: [(key: String, use: KeySlot.Use, type: FieldType)] = []
    for field in event.fields {
      if !field.isOptional { required.insert(field.field) }
      keys.append((field.key, .field(field.field), field.type))
    }
    for key in event.ignoredKeys + Self.probeKeys { keys.append((key, .ignored, .number)) }
    for (place, other) in others.enumerated() where event.condition == nil {
      if let key = other.condition { keys.append((key, .otherMeaning(place), .number)) }
    }
    self.required = required
    pattern = event.pattern.compactMap { piece in
      switch piece {
      case .text(let text): .text(Array(text.utf8))
      case .field(let key): keys.firstIndex { $0.key == key }.map { .value($0) }
      }
    }
    slots = .allocate(capacity: keys.count)
    for (place, key) in keys.enumerated() {
      let successor = place + 1 < keys.count ? place + 1 : 0
      slots.initializeElement(
        at: place, to: KeySlot(key: key.key, use: key.use, type: key.type, successor: successor))
    }
  }

  /// A bystander without fields: its body is not read.
  var hasBody: Bool { required.rawValue != 0 || !pattern.isEmpty || slots.contains { $0.use != .ignored } }
}

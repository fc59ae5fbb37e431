// One meaning of one event name, as a catalogue file states it.

import KVMEvents

struct CatalogueEvent: Sendable {
  var name: String
  let kind: EventKind
  /// The line of its file where it begins.
  var line = 0
  /// A key that events of this meaning carry and others of the same name do not.
  var condition: String?
  /// The line for `kprobe_events`; nil: a tracepoint of the kernel.
  var definition: String?
  /// The wording of a tracepoint's print format.
  var pattern: [PatternPiece] = []
  /// In the order in which they are printed.
  var fields: [CatalogueField] = []
  var ignoredKeys: [String] = []

  enum PatternPiece: Sendable, Equatable {
    case text(String)
    case field(key: String)
  }

  /// Another generation's event of the same meaning: a field that only one of the two records may be missing.
  mutating func merge(_ other: CatalogueEvent) {
    for index in fields.indices where !other.fields.contains(where: { $0.key == fields[index].key }) {
      fields[index].isOptional = true
    }
    for var field in other.fields where !fields.contains(where: { $0.key == field.key }) {
      field.isOptional = true
      fields.append(field)
    }
    for key in other.ignoredKeys where !ignoredKeys.contains(key) { ignoredKeys.append(key) }
  }
}

struct CatalogueField: Sendable {
  /// Its name in the recording.
  let key: String
  let field: EventField
  var type = FieldType.number
  var isOptional = false
}

/// What a field's value must be.
enum FieldType: String, Sendable {
  case number
  /// A kernel address: in the upper half, and not 0.
  case pointer
  /// An `int`: without a type, `$retval` prints -14 as 0xfffffff2.
  case int32
  /// A `bool`.
  case flag
}

// One field of an event: where it stands in its record, and where it goes.

import KVMEvents

struct FieldStep {
  let source: RecordNumber
  let field: EventField
  /// The field's place in an event; known beforehand, for asking the enum is a call.
  let place: Int
  let type: FieldType

  init(_ source: RecordNumber, _ field: EventField, _ type: FieldType) {
    (self.source, self.field, place, self.type) = (source, field, field.rawValue, type)
  }
}

// The table `event_name`.

import KVMEvents

package enum EventNameColumn: TableColumn {
  package static let table = "event_name"

  case id, name, kindID, count, isStored, isListed
}

/// A name, and whether events of it have rows.
struct StoredEventName {
  let name: EventName
  let isStored: Bool
}

extension StoredEventName: StoredRow {
  typealias Column = EventNameColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, id)
    row.set(Column.name, name.name)
    row.set(Column.kindID, name.kind)
    row.set(Column.count, name.count)
    row.set(Column.isStored, isStored)
    row.set(Column.isListed, name.isListed)
  }
}

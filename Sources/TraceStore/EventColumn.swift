// Where the fields begin in the table `event`.

import KVMEvents

/// The places of its columns.
enum EventColumn {
  /// Behind id, ts_ns, cpu, task_id, name_id and kind_id; then a column per `EventField`, in the order of the enum.
  static let firstField = 6
  static let count = firstField + EventField.allCases.count
}

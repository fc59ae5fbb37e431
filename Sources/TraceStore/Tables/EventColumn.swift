// The table `event`: its first columns, then one per field in the order of `EventField`.

import KVMEvents

/// Where its columns are, from 0.
package enum EventColumn {
  static let time = 1
  static let cpu = 2
  static let task = 3
  static let name = 4
  static let kind = 5
  /// Of the first field.
  static let firstField = 6
  static let count = firstField + EventField.allCases.count

  /// Their names.
  package static let names = ["id", "ts_ns", "cpu", "task_id", "name_id", "kind_id"] + EventField.allCases.map(\.name)
}

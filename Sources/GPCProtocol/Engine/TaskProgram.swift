// What one task does, from the first operation to the last.

/// A task's operations, once or repeatedly.
package struct TaskProgram: Hashable, Sendable {
  package var name: String
  package var operations: [TaskOperation]
  package var repeats: Bool

  package init(_ name: String, _ operations: [TaskOperation], repeats: Bool = false) {
    self.name = name
    self.operations = operations
    self.repeats = repeats
  }
}

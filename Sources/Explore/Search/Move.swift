// A move of the search.

/// A task's move: which task, and which of its choices.
package struct Move: Hashable, Sendable {
  package let task: UInt8
  package let choice: UInt8

  package init(task: Int, choice: Int) {
    self.task = UInt8(task)
    self.choice = UInt8(choice)
  }
}

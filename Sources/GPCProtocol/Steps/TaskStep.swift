// The position of a task: the step it takes next.

/// One step = one lock operation or one access to a field that is read locklessly: a line of the protocol's text, by
/// its code.
package struct TaskStep: Hashable, Sendable {
  package let code: UInt8

  @inlinable package init(code: UInt8) { self.code = code }

  /// Nothing is left to do.
  @inlinable package static var finished: TaskStep { TaskStep(code: 127) }
}

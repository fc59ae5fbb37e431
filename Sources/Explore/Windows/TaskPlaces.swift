// The position of each task of a state, without the rest of the state.

import GPCProtocol

/// The step that each task takes next, and the operation it is in.
struct TaskPlaces {
  struct Place {
    var step = TaskStep.finished
    var operation: UInt16 = 0
  }

  private var places = InlineArray<8, Place>(repeating: Place())

  subscript(task: Int) -> Place { places[task] }

  mutating func set(_ task: Int, step: TaskStep, operation: Int) {
    places[task] = Place(step: step, operation: UInt16(operation))
  }
}

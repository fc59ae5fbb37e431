// Steps and their numbers.

import GPCProtocol
import Testing

@Suite struct TaskStepTests {
  @Test func codesAreThePlacesInTheList() {
    #expect(TaskStep.all.count == TaskStep.codeCount)
    for (index, step) in TaskStep.all.enumerated() { #expect(step.code == index) }
  }
}

// The budget of searches, as options.

import ArgumentParser
import Explore
import Pipeline

struct SearchLimitOptions: ParsableArguments {
  @Option(help: "Stop a search after storing this many states; default 500000, 200000 for a window of a recording.")
  var statesMax: Int?

  @Option(help: "Stop a search after storing so many megabytes of states (or 512M, 2G); default 256.")
  var memoryMax: MemoryArgument?

  @Option(
    help:
      "Stop searching after this many seconds, with what was found until then; where depends on the speed of the machine."
  )
  var timeMax: SecondsArgument?

  /// From now on.
  /// - Parameter interrupt: ends the searches as well.
  func budget(_ interrupt: Interrupt) -> SearchBudget {
    SearchBudget(
      statesMax: statesMax, memoryMax: memoryMax?.bytes,
      deadline: Deadline(seconds: timeMax?.seconds) { interrupt.isRequested })
  }

  func validate() throws {
    guard statesMax ?? 1 > 0 else { throw ValidationError("--states-max must be at least 1.") }
    if let timeMax, timeMax.seconds < 1 { throw ValidationError("--time-max must be at least 1 second.") }
    guard (1...1 << 20).contains((memoryMax?.bytes ?? 1 << 20) >> 20) else {
      throw ValidationError("--memory-max must be 1 to 1048576 MB.")
    }
  }
}

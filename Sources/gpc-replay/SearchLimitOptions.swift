// The budget of a search, as options.

import ArgumentParser
import Pipeline

struct SearchLimitOptions: ParsableArguments {
  @Option(help: "States a search may store before it is cut off; default 500000, 200000 for a window of a recording.")
  var statesMax: Int?

  @Option(help: "Megabytes of stored states before a search is cut off; default 256.")
  var memoryMax: Int?

  @Option(help: "Seconds before a search is cut off; where that depends on the machine, so does the result.")
  var timeMax: Int?

  var budget: SearchBudget {
    SearchBudget(statesMax: statesMax, memoryMax: memoryMax.map { $0 << 20 }, secondsMax: timeMax)
  }

  func validate() throws {
    guard statesMax ?? 1 > 0 else { throw ValidationError("--states-max must be at least 1.") }
    if let timeMax, timeMax < 1 { throw ValidationError("--time-max must be at least 1 second.") }
    guard (1...1 << 20).contains(memoryMax ?? 1) else { throw ValidationError("--memory-max must be 1 to 1048576 MB.") }
  }
}

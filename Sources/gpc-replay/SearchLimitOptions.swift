// The budget of a search, as options.

import ArgumentParser
import Explore

struct SearchLimitOptions: ParsableArguments {
  @Option(help: "States a search may store before it is cut off.")
  var statesMax = 500_000

  @Option(help: "Megabytes of stored states before a search is cut off.")
  var memoryMax = 256

  @Option(help: "Seconds before a search is cut off; where that depends on the machine, so does the result.")
  var timeMax: Int?

  var value: SearchLimits {
    SearchLimits(statesMax: statesMax, memoryMax: memoryMax << 20, secondsMax: timeMax)
  }

  func validate() throws {
    guard statesMax > 0 else { throw ValidationError("--states-max must be at least 1.") }
    if let timeMax, timeMax < 1 { throw ValidationError("--time-max must be at least 1 second.") }
    guard (1...1 << 20).contains(memoryMax) else { throw ValidationError("--memory-max must be 1 to 1048576 MB.") }
  }
}

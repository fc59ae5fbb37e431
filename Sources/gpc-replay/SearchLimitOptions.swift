// The budget of a search, as options.

import ArgumentParser
import Explore

struct SearchLimitOptions: ParsableArguments {
  @Option(help: "States a search may store before it is cut off.")
  var statesMax = 500_000

  @Option(help: "Megabytes of stored states before a search is cut off.")
  var memoryMax = 256

  var value: SearchLimits { SearchLimits(statesMax: statesMax, memoryMax: memoryMax << 20) }

  func validate() throws {
    guard statesMax > 0 else { throw ValidationError("--states-max must be at least 1.") }
    guard (1...1 << 20).contains(memoryMax) else { throw ValidationError("--memory-max must be 1 to 1048576 MB.") }
  }
}

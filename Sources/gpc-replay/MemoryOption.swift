// How much memory a verb may take.

import ArgumentParser
import Replay

/// A size on the command line: `256M`, `2G`; a number without a unit is megabytes.
struct MemoryArgument: ExpressibleByArgument {
  let bytes: Int

  init?(argument: String) {
    // Too little is said by the verbs, which know how much they need.
    if argument == "0" {
      bytes = 0
      return
    }
    let size = argument.allSatisfy(\.isNumber) ? argument + "M" : argument
    guard let count = ByteCountArgument(argument: size), count.bytes <= 1 << 40 else { return nil }
    bytes = Int(count.bytes)
  }
}

/// For the verbs that replay.
struct MemoryOption: ParsableArguments {
  @Option(
    help: """
      Memory to take at most, about, such as 512M or 2G (default: 256M). Beyond it what is open is given up: its verdicts are \
      unknown, the report says where, and the exit status is 2.
      """)
  var memoryMax: MemoryArgument?

  func validate() throws {
    guard let bytes = memoryMax?.bytes, bytes < ReplayOptions.memoryMaxLeast else { return }
    throw ValidationError(
      "--memory-max must be at least \(ReplayOptions.memoryMaxLeast >> 20)M: the program itself takes some of it.")
  }
}

// The decoding alone: `decode-bench TRACE [RUNS]` reads a recording's events and times it; nothing is done with them.

import Glibc
import KVMEvents
import TraceReaders

@main struct DecodeBench {
  static func main() throws {
    guard CommandLine.arguments.count >= 2 else {
      print("usage: decode-bench TRACE [RUNS]")
      exit(64)
    }
    let runs = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 5 : 5
    for _ in 0..<runs {
      let begun = cpuSeconds()
      let reader = try TraceReader(.file(path: CommandLine.arguments[1]))
      var batch: [RecordedEvent] = []
      while try reader.read(into: &batch) {}
      print(reader.facts.lineCount, cpuSeconds() - begun)
    }
  }

  private static func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

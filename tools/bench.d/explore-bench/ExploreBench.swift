// The search against SPIN on the scenario of gpc.pml: prints figures that tools/bench search sets side by side.

import Explore
import Forms
import GPCProtocol
import Glibc
import KVMEvents

@main
struct ExploreBench {
  static func main() {
    measure("v6.9", .spinPeer(.v69), expected: [])
    for bug in SeededBug.all { shortest(bug) }
  }

  /// Every state of the peer's scenario, at the peer's grain.
  private static func measure(_ name: String, _ form: ProtocolForm, expected: [SearchVerdict]) {
    let limits = SearchLimits(statesMax: 100_000_000, memoryMax: 2 << 30)
    let explorer = Explorer(form, .spinPeer, limits: limits, grain: .lockSection)
    let began = cpuSeconds()
    let exploration = explorer.explore(verdicts: .safety)
    let seconds = cpuSeconds() - began
    print(
      "search      \(name): \(exploration.completeness.words), \(exploration.verdicts == expected ? "clean" : "NOT CLEAN")"
    )
    print("states      \(exploration.stateCount)")
    print("transitions \(exploration.transitionCount)")
    print("cpu_s       \(hundredths(seconds))")
    print("states/s    \(Int(Double(exploration.stateCount) / seconds))")
    print("transitions/s \(Int(Double(exploration.transitionCount) / seconds))")
    print("bytes/state \(hundredths(Double(exploration.byteCount) / Double(exploration.stateCount)))")
  }

  /// The shortest counterexample of a seeded bug.
  private static func shortest(_ bug: SeededBug) {
    let explorer = Explorer(
      .spinPeer(bug.form), .spinPeer, limits: SearchLimits(statesMax: 100_000_000), grain: .lockSection)
    let began = cpuSeconds()
    let found = explorer.shortestViolation()
    let seconds = cpuSeconds() - began
    let words = found.map { "\($0.moves.count) steps, \($0.preemptionCount) preemptions" } ?? "NOT FOUND"
    print("bug         \(bug.name): shortest counterexample \(words); cpu_s \(thousandths(seconds))")
  }

  private static func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func hundredths(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
  private static func thousandths(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}

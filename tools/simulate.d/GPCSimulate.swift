// Records a kernel whose truth is known, or holds the replay against many such recordings.

import ArgumentParser
import GPCProtocol
import Glibc
import KnownTruth
import SimulatedKernel

@main struct GPCSimulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tools/simulate",
    abstract: "Runs the protocol's engine in a schedule drawn from a seed, and prints it as a recording.",
    discussion: """
      Example: tools/simulate --seed 7 --truth truth.tsv > trace.txt
      Example: tools/simulate --check --seed 1 --count 1000 --probes function
      """)

  @Option(help: "The first seed.") var seed: UInt64 = 1
  @Option(help: "How many seeds, from the first on (with --check).") var count = 1
  @Flag(help: "The first seed is another one each time.") var fresh = false
  @Option(help: "The form of the protocol that the kernel runs.") var form = "mainline"
  @Option(help: "A step that it does wrong; `list` names them.") var mutant: String?
  @Option(help: "all, function, drawn, or names of probes with commas between.") var probes = "all"
  @Option(help: "Gaps at most.") var gaps = 0
  @Flag(help: "Begin and end may be cut off.") var cut = false
  @Option(help: "How far the clocks of two CPUs are off at most, in nanoseconds.") var delta: Int64 = 0
  @Option(help: "A feature to leave out; may be given again.") var without: [String] = []
  @Option(help: "Where to write the truth, as TSV.") var truth: String?
  @Flag(help: "With --check: print the shortest recording that each failing seed can be made to.") var shrink = false
  @Flag(help: "Hold the replay against the truth; status 1 where something does not hold.") var check = false

  func run() throws {
    var settings = SimulationSettings(seed: fresh ? UInt64.random(in: 1...(1 << 40)) : seed)
    guard let form = ProtocolForm.named(form) else { throw ValidationError("There is no form \(form).") }
    settings.form = form
    if let mutant {
      guard let known = SimulatedMutant.named(mutant) else {
        throw ValidationError("Mutants: \(SimulatedMutant.all.map(\.name).joined(separator: ", ")).")
      }
      settings.mutant = known
    }
    for name in without {
      guard let feature = SimulationSettings.Feature(rawValue: name) else {
        throw ValidationError("There is no feature \(name).")
      }
      settings.features.remove(feature)
    }
    settings.recording.gapsMax = gaps
    settings.recording.isCut = cut
    settings.recording.deltaNs = delta
    settings.recording.probes = try chosenProbes()
    if check { try checkAll(settings) } else { try printOne(settings) }
  }

  private func chosenProbes() throws -> RecordingSettings.Probes {
    switch probes {
    case "all": return .all
    case "function": return .functionLevel
    case "drawn": return .drawn
    case _:
      let chosen = try probes.split(separator: ",").map { name in
        guard let point = ProbePoint(rawValue: String(name)) else {
          throw ValidationError("There is no probe \(name).")
        }
        return point
      }
      return .only(Set(chosen))
    }
  }

  private func printOne(_ settings: SimulationSettings) throws {
    let run = SimulatedKernel.run(Workload(drawnFrom: settings), settings)
    let recording = SimulatedRecording(run)
    print(recording.text, terminator: "")


  }

  private func checkAll(_ settings: SimulationSettings) throws {
    var failed = 0
    var tally = Tally()
    var failedByProperty: [Property: Int] = [:]
    for offset in 0..<UInt64(count) {
      var settings = settings
      settings.seed += offset
      let recording = SimulatedRecording(SimulatedKernel.run(Workload(drawnFrom: settings), settings))
      let (failures, judged) = try TruthJudge.judge(recording)
      tally.add(judged)
      if failures.isEmpty { continue }
      failed += 1
      for property in Set(failures.map(\.property)) { failedByProperty[property, default: 0] += 1 }
      print("seed \(settings.seed): \(failures.count) failures; \(failures[0])")
      if shrink, var failing = try FailingRun(settings) {
        try failing.shrink()
        print("\(failing.failure)\n\(failing.recording.text)")
      }
    }
    print(tally)
    print("\(count) recordings, \(failed) with failures")
    for property in Property.allCases {
      if let count = failedByProperty[property] { print("  \(property.rawValue) in \(count)") }
    }
    if failed > 0 { throw ExitCode(1) }
  }
}

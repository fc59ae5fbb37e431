// Records a kernel whose truth is known, or holds the replay against many such recordings.

import ArgumentParser
import Foundation
import GPCProtocol
import KnownTruth
import SimulatedKernel

@main struct GPCSimulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tools/simulate",
    abstract: "Runs the protocol's engine in a schedule drawn from a seed, and prints it as a recording.",
    discussion: """
      Example: tools/simulate --seed 7 --truth truth.tsv > trace.txt
      Example: tools/simulate --check --count 1000 --probes function --shrink
      """)

  @OptionGroup var kernel: KernelOptions

  @Option(help: "Where to write the truth, as tab-separated values.") var truth: String?
  @Flag(help: "Hold the replay against the truth; status 1 where something does not hold.") var check = false
  @Option(help: "With --check: how many seeds, from the first on.") var count = 1
  @Option(help: "With --check: what must hold; may be given again. Default: everything.") var property: [Property] = []
  @Flag(help: "With --check: print the shortest recording that each failing run can be made to.") var shrink = false
  @Option(help: "With --shrink: write these recordings, and their truth, into this folder.") var output: String?

  func validate() throws {
    if count < 1 { throw ValidationError("--count must be at least 1.") }
  }

  func run() throws {
    let settings = try kernel.settings()
    if check { try checkAll(settings) } else { try printOne(settings) }
  }

  private func printOne(_ settings: SimulationSettings) throws {
    let recording = SimulatedRecording(SimulatedKernel.run(Workload(drawnFrom: settings), settings))
    if let truth { try recording.truthTable.write(toFile: truth, atomically: true, encoding: .utf8) }
    print(recording.text, terminator: "")
  }

  private func checkAll(_ first: SimulationSettings) throws {
    let properties = property.isEmpty ? Set(Property.allCases) : Set(property)
    var failed = 0
    var failedByProperty: [Property: Int] = [:]
    var tally = Tally()
    for offset in 0..<count {
      var settings = first
      settings.seed &+= UInt64(offset)
      let recording = SimulatedRecording(SimulatedKernel.run(Workload(drawnFrom: settings), settings))
      let judged = try TruthJudge.judge(recording)
      tally.add(judged.tally)
      let failures = judged.failures.filter { properties.contains($0.property) }
      if !failures.isEmpty { failed += 1 }
      for property in Property.allCases {
        guard let failure = failures.first(where: { $0.property == property }) else { continue }
        failedByProperty[property, default: 0] += 1
        print("\(failure)\n  tools/simulate --check --property \(property.rawValue) \(settings.arguments)")
        if shrink { try printShrunk(settings, [property]) }
      }
    }
    print("\(tally)\n\(count) recordings, \(failed) with failures")
    for property in Property.allCases {
      if let count = failedByProperty[property] { print("  \(property.rawValue) in \(count)") }
    }
    if failed > 0 { throw ExitCode(1) }
  }

  private func printShrunk(_ settings: SimulationSettings, _ properties: Set<Property>) throws {
    guard var failing = try FailingRun(settings, properties: properties) else { return }
    try failing.shrink()
    guard let output else { return print("\(failing.failure)\n\(failing.recording.text)") }
    let name = "\(output)/\(failing.failure.property.rawValue)-\(settings.seed)"
    try failing.recording.text.write(toFile: name + ".txt", atomically: true, encoding: .utf8)
    try failing.recording.truthTable.write(toFile: name + ".tsv", atomically: true, encoding: .utf8)
    print("  \(name).txt: \(failing.failure)")
  }
}

extension Property: ExpressibleByArgument {}

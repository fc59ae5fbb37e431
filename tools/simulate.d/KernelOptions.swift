// The options that name a run: the kernel, and what is recorded of it.

import ArgumentParser
import Forms
import GPCProtocol
import SimulatedKernel

struct KernelOptions: ParsableArguments {
  @Option(help: "The seed; with --check, the first.") var seed: UInt64 = 1
  @Flag(help: "A seed that is another one each time.") var fresh = false
  @Option(help: "The form of the protocol that the kernel runs.") var form = "v6.9"
  @Option(help: "A step that it does wrong: \(SimulatedMutant.all.map(\.name).joined(separator: ", ")).")
  var mutant: String?
  @Option(help: "all; function (entries and returns only); drawn; or names of probes with commas between.")
  var probes = "all"
  @Option(help: "Gaps with their markers, at most.") var gaps = 0
  @Flag(help: "The begin and the end may be cut off.") var cut = false
  @Flag(help: "What one task or CPU records is left out, and nothing says so.") var filter = false
  @Flag(help: "Some fields are always 0, as by definitions that were made for another build.") var implausible = false
  @Option(help: "How far the clocks of two CPUs are off at most, in nanoseconds.") var delta: Int64 = 0
  @Option(
    help: """
      What the kernel does not do, of: \(SimulationSettings.Feature.allCases.map(\.rawValue).joined(separator: ", ")). \
      May be given again.
      """)
  var without: [String] = []

  func validate() throws {
    if !(0...1_000_000).contains(delta) { throw ValidationError("--delta must be from 0 to 1000000.") }
    if !(0...1000).contains(gaps) { throw ValidationError("--gaps must be from 0 to 1000.") }
  }

  func settings() throws -> SimulationSettings {
    var settings = SimulationSettings(seed: fresh ? UInt64.random(in: 1...(1 << 40)) : seed)
    guard let form = ProtocolForm.named(form) else {
      throw ValidationError("There is no form \(form); gpc-replay protocols lists them.")
    }
    settings.form = form
    if let mutant {
      guard let known = SimulatedMutant.named(mutant) else { throw ValidationError("There is no mutant \(mutant).") }
      guard known.fits(form) else { throw ValidationError("\(form.id) has no step that \(mutant) is about.") }
      settings.mutant = known
    }
    for name in without {
      guard let feature = SimulationSettings.Feature(rawValue: name) else {
        throw ValidationError("There is nothing called \(name) to leave out.")
      }
      settings.features.remove(feature)
    }
    settings.recording.gapsMax = gaps
    settings.recording.isCut = cut
    settings.recording.isFiltered = filter
    settings.recording.isImplausible = implausible
    settings.recording.deltaNs = delta
    settings.recording.probes = try chosenProbes()
    return settings
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
}

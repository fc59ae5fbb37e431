// How much a recording lacks, and what is held to be true of its replay.

import Forms
import GPCProtocol
import SimulatedKernel

/// A kind of recordings. Each is judged by the properties in `held`; the rest is what the replay owes.
package struct KnownTruthLevel: Sendable, CustomStringConvertible {
  package let name: String
  package let held: Set<Property>
  private let change: @Sendable (inout SimulationSettings) -> Void

  package var description: String { name }

  private init(
    _ name: String, owes: Set<Property> = [], _ change: @escaping @Sendable (inout SimulationSettings) -> Void
  ) {
    self.name = name
    held = Set(Property.allCases).subtracting(owes)
    self.change = change
  }

  private init(
    _ name: String, onlyForm form: ProtocolForm, _ change: @escaping @Sendable (inout SimulationSettings) -> Void
  ) {
    self.name = name
    held = [.readable, .form]
    self.change = {
      $0.form = form
      change(&$0)
    }
  }

  package func settings(seed: UInt64) -> SimulationSettings {
    var settings = SimulationSettings(seed: seed)
    change(&settings)
    return settings
  }

  /// By what is recorded. What is owed fails in about one of a thousand recordings (docs/testing.md).
  package static let recordings = [
    KnownTruthLevel("complete") { _ in },
    KnownTruthLevel("clocks apart") { $0.recording.deltaNs = 1000 },
    KnownTruthLevel("function level") { $0.recording.probes = .functionLevel },
    KnownTruthLevel("drawn probes", owes: [.pairing, .memslots]) { $0.recording.probes = .drawn },
    KnownTruthLevel("gaps", owes: [.memslots, .causes]) { $0.recording.gapsMax = 3 },
    KnownTruthLevel("cut", owes: [.causes]) { $0.recording.isCut = true },
    // What a filter leaves out without a trace cannot be known.
    KnownTruthLevel("silent filter", owes: [.agreement, .memslots, .causes]) { $0.recording.isFiltered = true },
    KnownTruthLevel("implausible fields") { $0.recording.isImplausible = true },
    KnownTruthLevel("all at once", owes: [.pairing, .memslots, .causes]) {
      $0.recording.gapsMax = 2
      $0.recording.isCut = true
      $0.recording.probes = .drawn
      $0.recording.deltaNs = 1000
    },
  ]

  /// Complete recordings of kernels that do one step wrong. Where the walk comes before the count, recorded counts are
  /// not what the recorded hooks make them: that is taken for a sign.
  package static let mutants = SimulatedMutant.all.map { mutant in
    let misleads: Set<Property> =
      switch mutant.name {
      case "walk-before-count": [.signs]
      // A page of another uhva, which no invalidation freed: the replay does not look for it.
      case "moved-uhva-kept": [.nothingHides]
      case _: []
      }
    return KnownTruthLevel(mutant.name, owes: misleads.union([.found, .clean, .agreement])) {
      $0.mutant = mutant
    }
  }

  private static func owed(by form: ProtocolForm) -> Set<Property> {
    switch form.id {
    // The placeholder is valid while a refresh runs: no check under it is judged as its own yet.
    case "v5.17": [.agreement, .signs, .causes]
    // A walk in the end hook passes over a cache without a pfn, and so a page that it frees.
    case "dwmw2-v1", "dwmw2-v2", "dwmw2-v3.4": [.found, .clean]
    // Rounds without a lookup; and one that is accepted by the recording's last event has no outcome in the truth.
    case "dwmw2-v3.3": [.agreement, .certainStale]
    // What a covering range alone causes has no name of its own.
    case "seanjc-3", "seanjc-4", "seanjc-5": [.causes]
    default: []
    }
  }

  /// Complete recordings of kernels that run each form.
  package static let forms = ProtocolForm.asked.map { form in
    KnownTruthLevel(form.id, owes: owed(by: form)) {
      $0.form = form
    }
  }

  /// Every form, recorded in every way: held to what is said of the form alone.
  package static let recordedForms = ProtocolForm.asked.flatMap { form in
    [
      KnownTruthLevel("\(form.id), function level", onlyForm: form) { $0.recording.probes = .functionLevel },
      KnownTruthLevel("\(form.id), drawn probes", onlyForm: form) { $0.recording.probes = .drawn },
      KnownTruthLevel("\(form.id), gaps", onlyForm: form) { $0.recording.gapsMax = 3 },
      KnownTruthLevel("\(form.id), clocks apart", onlyForm: form) { $0.recording.deltaNs = 1000 },
      KnownTruthLevel("\(form.id), cut", onlyForm: form) { $0.recording.isCut = true },
    ]
  }
}

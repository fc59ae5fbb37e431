// What a simulation may do. With a seed, it names one run.

import Forms
import GPCProtocol

package struct SimulationSettings: Sendable {
  package enum Feature: String, CaseIterable, Sendable {
    /// Checks in interrupts.
    case interrupts
    /// Invalidations that a lookup causes.
    case lookupInvalidations = "lookup-invalidations"
    /// Lookups that return an error.
    case failingLookups = "failing-lookups"
    /// Changes of protection, which free nothing.
    case protection
    /// Clears of one aligned 2 MiB and of multiples.
    case hugeRanges = "huge-ranges"
    /// Clears of exactly one aligned 2 MiB that free nothing: a huge page is split.
    case splits
    case memslotUpdates = "memslot-updates"
    /// A second VM, in the same address space or in one of its own.
    case secondVM = "second-vm"
    /// A VM that ends, and another one that reuses its memory.
    case rebirth
    /// Checks of the idle tasks.
    case idle
    /// Caches that are activated again, elsewhere, and deactivated, while others use them.
    case activations
    /// Lengths beyond the page, guest addresses without a memslot.
    case badRequests = "bad-requests"
    /// Movers of `mmu_invalidate_seq` that no probe shows.
    case seqMovers = "seq-movers"
    /// Lookups of ordinary page faults.
    case faults
    /// Tasks that change their CPU.
    case migrations
  }

  package var seed: UInt64 = 1
  package var form = ProtocolForm.v69
  /// A step that is done wrong; nil: none.
  package var mutant: SimulatedMutant?
  package var features = Set(Feature.allCases)
  package var recording = RecordingSettings()

  package init(seed: UInt64 = 1) { self.seed = seed }

  /// The options of `tools/simulate` for the same run.
  package var arguments: String {
    var words = ["--seed", "\(seed)"]
    if form.id != ProtocolForm.v69.id { words += ["--form", form.id] }
    if let mutant { words += ["--mutant", mutant.name] }
    switch recording.probes {
    case .all: break
    case .functionLevel: words += ["--probes", "function"]
    case .drawn: words += ["--probes", "drawn"]
    case .only(let chosen): words += ["--probes", chosen.map(\.rawValue).sorted().joined(separator: ",")]
    }
    if recording.gapsMax > 0 { words += ["--gaps", "\(recording.gapsMax)"] }
    if recording.isCut { words.append("--cut") }
    if recording.isFiltered { words.append("--filter") }
    if recording.isImplausible { words.append("--implausible") }
    if recording.deltaNs > 0 { words += ["--delta", "\(recording.deltaNs)"] }
    for feature in Feature.allCases where !features.contains(feature) { words += ["--without", feature.rawValue] }
    return words.joined(separator: " ")
  }

  /// What this kernel can do. Where activation does not hold `refresh_lock` (up to v6.8), the engine does not follow a
  /// cache whose address changes under a refresh.
  var possibleFeatures: Set<Feature> {
    // `gpc_invalidate_seq` has none.
    let features = form.rules.seq == .gpc ? features.subtracting([.seqMovers]) : features
    return form.rules.hasRefreshLock && form.rules.activation == .underRefreshLock
      ? features : features.subtracting([.activations, .badRequests, .memslotUpdates, .rebirth])
  }
}

package struct RecordingSettings: Sendable {
  package enum Probes: Sendable, Equatable {
    case all
    case functionLevel
    /// Drawn from the seed.
    case drawn
    case only(Set<ProbePoint>)
  }

  package var probes = Probes.all
  /// Gaps with their markers, at most.
  package var gapsMax = 0
  /// The beginning and the end may be cut off.
  package var isCut = false
  /// What one task or CPU records is dropped, without a marker: a filter.
  package var isFiltered = false
  /// Some fields are always 0: the definitions were made for another build.
  package var isImplausible = false
  /// How far the clocks of two CPUs may be off, in nanoseconds; the replay's `--delta`.
  package var deltaNs: Int64 = 0

  package init() {}
}

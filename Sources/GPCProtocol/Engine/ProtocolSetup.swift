// What an engine starts from: the states of the caches, the memslots, the tasks' programs.

import KVMEvents

package struct ProtocolSetup: Hashable, Sendable {
  package enum Warmth: Hashable, Sendable {
    /// Never activated.
    case inactive
    /// Active, without a pfn.
    case cold
    /// Active and valid over the page that the uhva maps to.
    case warm
    /// As an earlier stretch of a recording left it.
    case carried(CarriedCache)
  }

  package struct Cache: Hashable, Sendable {
    package var page: Int
    package var isGPABased: Bool
    package var warmth: Warmth

    package init(page: Int, isGPABased: Bool = true, warmth: Warmth) {
      self.page = page
      self.isGPABased = isGPABased
      self.warmth = warmth
    }
  }

  package var caches: [Cache]
  /// The hva ranges of the memslots. An invalidation that overlaps none of them does not bump `mmu_invalidate_seq`.
  package var memslots: [HVARange]
  package var programs: [TaskProgram]
  /// The hva ranges of the memslot that has a guest_memfd file; nil: none has. What the file gives is another page than
  /// what the hva maps to.
  package var file: HVARange?
  /// What `mmu_gpc_invalidate_range_start/end` were left at, in forms that have them; nil: the error value.
  package var range: HVARange?

  package init(caches: [Cache], memslots: [HVARange], programs: [TaskProgram]) {
    self.caches = caches
    self.memslots = memslots
    self.programs = programs
  }

  /// Where gpa-based caches are looked up in the file, under a form with these rules.
  func fileBacked(_ rules: ProtocolRules) -> HVARange? { rules.guestMemfd == .byHVA ? nil : file }

  /// The address by which the model names the page that a lookup for this cache finds.
  package func place(of cache: GfnToPfnCache, _ rules: ProtocolRules) -> UHVA {
    cache.place(fileBacked: fileBacked(rules))
  }

  package func hitsMemslot(_ range: HVARange) -> Bool { memslots.contains { $0.overlaps(range) } }
}

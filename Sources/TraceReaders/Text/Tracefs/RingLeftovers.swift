// Which CPUs have begun in a tracefs text whose ring was overwritten.

/// The kernel prints `##### CPU n buffer started ####` where the remains of a CPU begin, except for the very first
/// record, and not at all with `options/annotate` off.
struct RingLeftovers {
  private var begun: Set<Int32> = []

  mutating func begin(_ cpu: Int32) { begun.insert(cpu) }

  /// A record of this CPU comes without that line, and it is not the text's first.
  mutating func isSilentBegin(of cpu: Int32) -> Bool {
    if begun.isEmpty { begun.insert(cpu) }
    return !begun.contains(cpu)
  }
}

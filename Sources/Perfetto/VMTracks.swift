// The tracks of one VM, and its count of invalidations.

/// A VM as it is drawn: a process.
final class VMTracks {
  let process: UInt64
  let counter: UInt64
  var invalidations: Lanes
  /// In the order of their first events; those that are over are gone.
  var caches: [CacheTracks] = []
  /// `mn_active_invalidate_count`, as far as the recorded hooks move it.
  private(set) var count: Int64 = 0
  private let writer: TrackEventWriter

  /// Beyond Linux's `pid_max`: another recording in the same trace has the real processes.
  private static let firstPID: Int64 = 1_000_000_000

  /// - Parameters:
  ///   - mark: nil: of caches that no event ties to a VM.
  ///   - mayLack: invalidations may be missing.
  init(_ mark: VMMark?, mayLack: Bool, _ writer: TrackEventWriter) throws {
    self.writer = writer
    let name = mark.map { "VM \($0.id)" } ?? "VM unknown"
    process = try writer.track(
      name + (mark?.kvm.map { " kvm \($0)" } ?? ""), .process(pid: Self.firstPID + (mark?.id ?? 0)), in: nil, rank: 1)
    counter = try writer.track(
      "\(name): mn_active_invalidate_count" + (mayLack ? " (at least: events were lost)" : ""), .counter, in: process,
      rank: 1, "Derived: the invalidations whose recorded hooks have counted them up and not yet down.")
    invalidations = Lanes("\(name): invalidations", in: process, rank: 2)
  }

  func count(by step: Int64, at ns: Int64) throws {
    count += step
    try writer.counter(count, on: counter, at: ns)
  }
}

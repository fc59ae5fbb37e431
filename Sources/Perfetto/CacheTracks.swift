// The tracks of one cache, and what its gpc->valid was.

import KVMEvents

/// A cache as it is drawn.
///
/// `valid` is derived, not recorded: it changes where the kernel's code changes it (docs/pictures.md), at the event
/// that comes before the change, and a check reads it under the lock.
final class CacheTracks {
  enum Validity {
    case no, yes, unknown
  }

  let mark: CacheMark
  let vm: VMTracks
  let valid, checks: UInt64
  var refreshes: Lanes
  /// `gpc->uhva`, as last recorded.
  var uhva: UHVA?
  /// Of the refresh that runs: it has shown that it sets `valid`; the cache was walked since its last round began.
  var isDone = false
  var isWalked = false
  private(set) var validity = Validity.no
  private let writer: TrackEventWriter

  init(_ mark: CacheMark, in vm: VMTracks, _ writer: TrackEventWriter) throws {
    self.mark = mark
    self.vm = vm
    self.writer = writer
    let name = "cache \(mark.id)"
    let gpc = "gpc 0x" + String(UInt64(bitPattern: mark.gpc), radix: 16)
    let epoch = mark.epoch > 0 ? ", epoch \(mark.epoch)" : ""
    let group = try writer.track("\(name) \(gpc)\(epoch)", .group, in: vm.process, rank: 10 + mark.id)
    valid = try writer.track(
      "\(name): valid (derived)", .slices, in: group, rank: 1,
      """
      gpc->valid, derived from the recorded events: set by an accepted round, cleared by a walk over the cache's uhva, by \
      hva_to_pfn_retry() and by a deactivation, read by each check. A slice begins and ends at the event before the change.
      """)
    refreshes = Lanes("\(name): refreshes", in: group, rank: 2)
    checks = try writer.track("\(name): checks", .slices, in: group, rank: 3)
  }

  /// - Parameters:
  ///   - why: the function that changes it, or shows it.
  ///   - event: the one that comes before the change.
  ///   - isDoubtful: events that change it may be missing.
  func set(_ new: Validity, _ why: String, at ns: Int64, event: EventID, isDoubtful: Bool) throws {
    if new == validity { return }
    if validity != .no {
      try writer.event(.end, on: valid, at: ns) {
        $0.word("until", why)
        $0.integer("until_event", event)
      }
    }
    validity = new
    if new == .no { return }
    let name = new == .unknown ? "valid: unknown" : isDoubtful ? "valid, unless a lost event changed it" : "valid"
    try writer.event(.begin, on: valid, at: ns, name) {
      $0.word("since", why)
      $0.integer("since_event", event)
      if new == .yes { $0.address("uhva", uhva.map { Int64(bitPattern: $0.rawValue) }) }
    }
  }
}

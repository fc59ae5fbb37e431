// A track for each of several slices at a time.

/// Tracks of one name, which Perfetto shows as one: slices that overlap without one being inside the other may not be
/// on the same track.
struct Lanes {
  private let name: String
  private let parent: UInt64
  private let rank: Int64
  private var free: [UInt64] = []

  init(_ name: String, in parent: UInt64, rank: Int64) {
    self.name = name
    self.parent = parent
    self.rank = rank
  }

  /// A track on which nothing is open.
  mutating func take(_ writer: TrackEventWriter) throws -> UInt64 {
    try free.popLast() ?? writer.track(name, .slices, in: parent, rank: rank)
  }

  mutating func give(back track: UInt64) { free.append(track) }
}

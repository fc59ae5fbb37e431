// What is known about a recording as a whole: from the reader to the table `trace` and to the JSON report.

/// The facts of a recording. A property is a column of the table `trace` and a key of the report's `trace`, both by its
/// name in snake case; nil is NULL.
package struct RecordingFacts: Codable, Equatable, Sendable {
  /// Without its folder; `-` for standard input.
  package var fileName = ""
  /// Of the file's bytes; nil: not to be recognised again.
  package var contentHash: String?
  /// Of the gpc-replay that imported it.
  package var toolVersion = ""
  /// The format that was recognised, with its details for this recording.
  package var format: String
  /// As read, before decompression.
  package var byteCount: Int64
  /// After decompression; of a binary recording, its records.
  package var lineCount: Int64
  /// Without loss markers.
  package var eventCount: Int64 = 0
  /// In nanoseconds, or in ticks (`stampUnit`); nil: no event.
  package var firstTsNs: Int64?
  package var lastTsNs: Int64?
  package var clock: TraceClock
  package var clockSource: ClockSource
  package var stampUnit: StampUnit
  /// Of the time stamps as recorded, in nanoseconds.
  package var resolutionNs: Int64
  /// A sentence saying what is missing; nil: the input is complete.
  package var incomplete: String?
  /// The options that change what is read; empty if none was given.
  package var importOptions = ""
  /// What the events' ids count.
  package var eventPlace: EventPlace
  /// nil: the recording does not name it.
  package var kernelRelease: KernelRelease?

  /// As a reader knows them.
  /// - Parameters:
  ///   - clock: nil: not known.
  ///   - clockSource: nil: the recording names its clock, if nothing else does.
  package init(
    format: String, byteCount: Int64, lineCount: Int64, clock: TraceClock?, clockSource: ClockSource? = nil,
    stampUnit: StampUnit = .ns, resolutionNs: Int64 = 1, eventPlace: EventPlace = .line
  ) {
    self.format = format
    self.byteCount = byteCount
    self.lineCount = lineCount
    self.clock = clock ?? .local
    self.clockSource = clockSource ?? (clock == nil ? .assumed : .recorded)
    self.stampUnit = stampUnit
    self.resolutionNs = resolutionNs
    self.eventPlace = eventPlace
  }

  /// nil: not known.
  package var knownClock: TraceClock? { clockSource == .assumed ? nil : clock }

  /// nil: they can be; else why no recording has them.
  package var damage: String? {
    let stamps = [firstTsNs, lastTsNs].compactMap(\.self)
    if [byteCount, lineCount, eventCount].contains(where: { $0 < 0 }) { return "a count is below 0" }
    if stamps.contains(where: { !(0..<TraceTimestamp.end).contains($0) }) || stamps != stamps.sorted() {
      return "its times are \(stamps.map(String.init).joined(separator: " to ")) ns"
    }
    // Nanoseconds to milliseconds: the resolutions of all input formats, and more.
    if !(1...1_000_000).contains(resolutionNs) { return "its time stamps are of \(resolutionNs) ns" }
    return nil
  }
}

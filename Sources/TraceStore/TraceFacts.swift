// What is known of the recording as a whole; the row of the table `trace`.

import KVMEvents

/// The recording a database holds.
package struct TraceFacts: Equatable, Sendable {
  /// Without its folder; `-` for standard input.
  package var fileName: String
  /// Of the file's bytes; nil: not to be recognised again.
  package var contentHash: String?
  package var toolVersion: String
  package var format: String
  /// As read, before decompression.
  package var byteCount: Int64
  /// After decompression.
  package var lineCount: Int64
  package var eventCount: Int64
  package var firstTime: TraceTimestamp?
  package var lastTime: TraceTimestamp?
  package var clock: TraceClock
  package var clockSource: ClockSource
  package var stampUnit: StampUnit
  /// Of the time stamps as recorded, in nanoseconds.
  package var resolutionNs: Int64
  /// A sentence saying what is missing; nil: the input is whole.
  package var incomplete: String?
  /// The options that change what is read; empty where none was given.
  package var importOptions: String
  /// What the events' ids count.
  package var eventPlace: EventPlace
  /// nil: the recording does not name it.
  package var kernelRelease: KernelRelease?

  /// What a recording's stamps can be.
  static let times = 0..<TraceTimestamp.end
  /// Nanoseconds to milliseconds: what any form of recording prints, and more.
  static let resolutionsNs: ClosedRange<Int64> = 1...1_000_000

  package init(
    fileName: String, contentHash: String?, toolVersion: String, format: String, byteCount: Int64, lineCount: Int64,
    eventCount: Int64, firstTime: TraceTimestamp?, lastTime: TraceTimestamp?, clock: TraceClock,
    clockSource: ClockSource, stampUnit: StampUnit = .ns,
    resolutionNs: Int64, incomplete: String?, importOptions: String = "",
    eventPlace: EventPlace = .line, kernelRelease: KernelRelease? = nil
  ) {
    self.fileName = fileName
    self.contentHash = contentHash
    self.toolVersion = toolVersion
    self.format = format
    self.byteCount = byteCount
    self.lineCount = lineCount
    self.eventCount = eventCount
    self.firstTime = firstTime
    self.lastTime = lastTime
    self.clock = clock
    self.clockSource = clockSource
    self.stampUnit = stampUnit
    self.resolutionNs = resolutionNs
    self.incomplete = incomplete
    self.importOptions = importOptions
    self.eventPlace = eventPlace
    self.kernelRelease = kernelRelease
  }
}

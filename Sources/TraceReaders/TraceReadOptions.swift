// How a recording is to be read.

package struct TraceReadOptions: Sendable {
  /// Deliver events that the catalogue does not have too, as bystanders; else they are only counted.
  package var keepsUnknown = false
  /// Read as this form, whatever the first bytes say; nil: as they say.
  package var format: InputFormat?
  package var catalogue = ProbeCatalogue.embedded
  /// Events that one `read(into:)` delivers at most.
  package var batchSize = 4096
  /// Bytes that are read, or unpacked, at a time.
  package var blockSize = 1 << 20
  /// Bytes that may be unpacked of a compressed recording: a guard against a few bytes that stand for terabytes.
  package var unpackedMax: Int64 = 64 << 30
  /// Bytes of a trace.dat's unpacked data that all CPUs together keep; each keeps a page at least.
  package var chunkBytesKept = 24 << 20
  /// Bytes of a trace.dat or perf.data that are put into a temporary file at most, where it comes packed or through a
  /// pipe.
  package var spooledBytesMax: Int64 = 1 << 36

  /// Records of a perf.data that wait for earlier ones at most, where it does not say that they have come: 16 bytes
  /// each.
  package var reorderedMax = 1 << 22

  package init() {}
}

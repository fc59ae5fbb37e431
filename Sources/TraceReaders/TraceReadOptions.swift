// How a recording is to be read.

package struct TraceReadOptions: Sendable {
  /// Deliver events that are not in the catalogue, too, as bystanders; otherwise they are only counted.
  package var keepsUnknown = false
  /// Read as this format, whatever the first bytes are; nil: recognise it.
  package var format: InputFormat?
  package var catalogue = ProbeCatalogue.embedded
  /// Maximum number of events per `read(into:)`.
  package var batchSize = 4096
  /// Bytes that are read, or decompressed, at a time.
  package var blockSize = 1 << 20
  /// Maximum decompressed size of a recording in bytes: a guard against a few bytes that expand to terabytes.
  package var unpackedMax: Int64 = 64 << 30
  /// Bytes of a trace.dat's decompressed data that all CPUs together keep; each keeps a page at least.
  package var chunkBytesKept = 24 << 20
  /// Maximum size of a temporary file for a trace.dat or perf.data that is compressed or comes through a pipe.
  package var spooledBytesMax: Int64 = 1 << 36

  /// Maximum number of records of a perf.data that wait for earlier ones, if it does not mark their arrival: 16 bytes
  /// each.
  package var reorderedMax = 1 << 22

  package init() {}
}

// Why a trace.dat cannot be read: damage in an essential part.

import TextLayout

/// Damage in pages and records, if those parts are intact, is an `ImportIssue`.
package enum TraceDatFault: Error, Equatable, Sendable {
  /// The file, or a part with a known length, ends inside this part.
  case cutOff(Part)
  /// A part claims more bytes than any recording has.
  case tooLarge(Part, bytes: UInt64)
  /// The codec's own message about a part that cannot be decompressed.
  case damaged(Part, String)
  /// Another section is where this part should be.
  case misplaced(Part)
  /// A value of this part that no recording has.
  case odd(Part)
  case version(String)
  case compression(String)
  /// The text of a latency tracer instead of events.
  case latency
  /// No list of buffers: the recording did not finish.
  case noBuffers

  /// A part of the file. The raw value is its name in a sentence.
  package enum Part: String, Sendable {
    case header = "header"
    case options = "list of options"
    case layout = "description of the ring buffer"
    case formats = "event formats"
    case symbols = "kernel symbols"
    case comms = "saved command lines"
    case buffer = "list of CPUs"
    case pages = "trace data"
    // Of a perf.data.
    case attributes = "list of events"
    case features = "list of features"
  }
}

extension TraceDatFault {
  /// The fault as the end of a sentence that begins with the input's name.
  package var predicate: String {
    switch self {
    case .cutOff(let part): "is cut off inside its \(part.rawValue)"
    case .tooLarge(let part, let bytes): "claims \(bytes) bytes for its \(part.rawValue)"
    case .damaged(let part, let reason): "cannot be unpacked: \(part.rawValue): \(reason)"
    case .misplaced(let part): "has something else where its \(part.rawValue) should be"
    case .odd(let part): "has values in its \(part.rawValue) that no recording has"
    case .version(let version): "has version \(version); 6 and 7 are read"
    case .compression(let name): "is packed with \(name.printable); zstd and zlib are read"
    case .latency: "holds the text of a latency tracer, no events"
    case .noBuffers: "lists no buffer: it was cut off, or the recording did not come to its end"
    }
  }
}

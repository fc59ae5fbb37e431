// trace.dat, as `trace-cmd record` writes it: the format.

import TextLayout

enum TraceDat: RecordForm {
  static let argument = "trace-dat"
  static let words = "a trace.dat of trace-cmd"
  static let fileName = "trace.dat"
  static let cutting = InputFormat.Cutting.records

  static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.starts(with: [0x17, 0x08, 0x44]) }

  static func reader(_ input: SeekableInput, options: TraceReadOptions) throws(TraceReadError) -> any RecordingReader {
    do throws(TraceReadError) {
      return try TraceDatReader(input, options: options)
    } catch {
      if case .part(let fault) = error { throw .traceDat(fault) }
      throw error
    }
  }
}

extension InputFormat {
  package static let traceDat = InputFormat(TraceDat.self)
}

extension TraceReadError {
  package static func traceDat(_ fault: PartFault) -> Self {
    .damagedFile(FileFault(format: .traceDat, predicate: "is a trace.dat that \(fault.predicate)"))
  }
}

extension PartFault {
  package static func version(_ version: String) -> Self { .ofForm("has version \(version); 6 and 7 are read") }
  package static func compression(_ name: String) -> Self {
    .ofForm("is packed with \(name.printable); zstd and zlib are read")
  }
  /// The text of a latency tracer instead of events.
  package static let latency = Self.ofForm("holds the text of a latency tracer, no events")
  /// No list of buffers: the recording did not come to its end.
  package static let noBuffers = Self.ofForm(
    "lists no buffer: it was cut off, or the recording did not come to its end")
}

extension PartFault.Part {
  package static let options = Self("list of options")
  package static let symbols = Self("kernel symbols")
  package static let comms = Self("saved command lines")
  package static let buffer = Self("list of CPUs")
  package static let pages = Self("trace data")
}

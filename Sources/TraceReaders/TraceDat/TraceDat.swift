// trace.dat, as `trace-cmd record` writes it: the format.

enum TraceDat: RecordForm {
  static let argument = "trace-dat"
  static let words = "a trace.dat of trace-cmd"
  static let fileName = "trace.dat"
  static let cutting = InputFormat.Cutting.records

  static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.starts(with: [0x17, 0x08, 0x44]) }

  static func reader(_ input: SeekableInput, options: TraceReadOptions) throws(TraceReadError) -> any RecordingReader {
    try TraceDatReader(input, options: options)
  }
}

extension InputFormat {
  package static let traceDat = InputFormat(TraceDat.self)
}

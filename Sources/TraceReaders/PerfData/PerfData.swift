// perf.data, as `perf record` writes it: the format.

enum PerfData: RecordForm {
  static let argument = "perf-data"
  static let words = "a perf.data"
  static let fileName = "perf.data"
  static let cutting = InputFormat.Cutting.events

  static func begins(_ bytes: UnsafeRawBufferPointer) throws(TraceReadError) -> Bool {
    if bytes.starts(with: PerfDataHeader.magicOfVersion1) { throw .unusableForm(.perfDataOfVersion1) }
    return PerfDataHeader.isMagic(bytes)
  }

  static func reader(_ input: SeekableInput, options: TraceReadOptions) throws(TraceReadError) -> any RecordingReader {
    try PerfDataReader(input, options: options)
  }
}

extension InputFormat {
  package static let perfData = InputFormat(PerfData.self)
}

extension TraceReadError {
  package static func perfData(_ fault: PerfDataFault) -> Self {
    .damagedFile(FileFault(format: .perfData, predicate: fault.predicate))
  }
}

extension PartFault.Part {
  package static let attributes = Self("list of events")
  package static let features = Self("list of features")
}

extension TraceReadError.UnusableForm {
  package static let perfDataOfVersion1 = Self(
    "a perf.data of version 1 (its first bytes are PERFFILE), which only perf reads: "
      + "print it with `\(PerfScript.command)`")
}

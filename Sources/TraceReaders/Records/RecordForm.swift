// What a binary form is, for whoever opens a recording.

/// A binary form: one type in a folder of its own, and one line in `InputFormat.binaries`.
protocol RecordForm: SendableMetatype {
  /// What `--format` calls it.
  static var argument: String { get }
  /// What it is in words, for the report.
  static var words: String { get }
  /// What its files are called, for `--help`.
  static var fileName: String { get }
  static var cutting: InputFormat.Cutting { get }

  /// Whether these are the first bytes of such a file. Throws where they are, of a version that is not read.
  static func begins(_ bytes: UnsafeRawBufferPointer) throws(TraceReadError) -> Bool
  static func reader(_ input: SeekableInput, options: TraceReadOptions) throws(TraceReadError) -> any RecordingReader
}

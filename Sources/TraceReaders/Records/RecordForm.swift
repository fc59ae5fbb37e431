// The interface of a binary format.

/// A binary format: one type in a folder of its own, and one line in `InputFormat.binaries`.
protocol RecordForm: SendableMetatype {
  /// Its name for `--format`.
  static var argument: String { get }
  /// Its description, for the report.
  static var words: String { get }
  /// The name of its files, for `--help`.
  static var fileName: String { get }
  static var cutting: InputFormat.Cutting { get }

  /// Whether these are the first bytes of such a file. Throws if they are, but of an unsupported version.
  static func begins(_ bytes: UnsafeRawBufferPointer) throws(TraceReadError) -> Bool
  static func reader(_ input: SeekableInput, options: TraceReadOptions) throws(TraceReadError) -> any RecordingReader
}

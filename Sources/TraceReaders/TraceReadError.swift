// Why a recording cannot be read at all. What is wrong inside one that can be read is an `ImportIssue`.

package enum TraceReadError: Error, Equatable, Sendable {
  /// `open()` failed with this errno.
  case cannotOpen(errno: Int32)
  case isDirectory
  /// `read()` failed with this errno.
  case readFailed(errno: Int32)
  /// Not a recording: what it is instead, as far as its bytes show.
  case notATrace(NotATrace)
  /// A recording in a format without what a replay needs, or ambiguous.
  case unusableForm(UnusableForm)
  /// No event in the requested format; its first bytes are those of the other one.
  case notOfForm(InputFormat, looksLike: InputFormat)
  /// A damaged part of a binary recording. Its format makes a `damagedFile` of it.
  case part(PartFault)
  /// A binary recording with damage in an essential part.
  case damagedFile(FileFault)
  /// A recording that has to be read from a file, without space for a temporary one: the errno.
  case cannotSpool(errno: Int32)
  /// For a decompressor.
  case noMemory
  /// Decompressed it exceeds the limit, in bytes.
  case unpackedTooLarge(bytesMax: Int64)
  /// Compressed, and damaged before the first line came out: the reason.
  case damagedFromTheStart(String)

  /// What is wrong with a file: the values are those of the formats.
  package struct FileFault: Equatable, Sendable {
    package let format: InputFormat
    /// The end of a sentence that begins with the input's name.
    let predicate: String
    /// Why not all of it could be decompressed; nil: all of it was.
    package var cutShort: String?
  }

  /// What a file is, if it is not a recording. A format whose text may turn out not to be one has a separate value.
  package struct NotATrace: Equatable, Sendable {
    /// The end of a sentence: "it …".
    let words: String

    init(_ words: String) { self.words = words }

    package static let empty = Self("is empty")
    package static let elf = Self("is an ELF file")
    package static let sqlite = Self("is an SQLite database")
    package static let tar = Self("is a tar archive: unpack it and name the recording inside")
    package static let zip = Self("is a zip archive")
    package static let json = Self("is JSON, but not the output of bpftrace")
    package static let binary = Self("is a binary file of no kind known here")
    package static let text = Self("is text in which no line is a trace event")
  }

  /// The format, and what to use instead: the values are those of the formats.
  package struct UnusableForm: Equatable, Sendable {
    /// The end of a sentence: "is …".
    let words: String

    init(_ words: String) { self.words = words }
  }
}

extension TraceReadError {
  /// The error as the end of a sentence that begins with the input's name.
  package var predicate: String {
    switch self {
    case .cannotOpen(let errno): "cannot be opened: \(message(ofErrno: errno))"
    case .isDirectory: "is a directory, not a recorded trace"
    case .readFailed(let errno): "cannot be read: \(message(ofErrno: errno))"
    case .notATrace(let what): "is not a recorded trace: it \(what.words)"
    case .unusableForm(let form): "is \(form.words)"
    case .notOfForm(let asked, let other):
      "does not read as \(asked.words) (--format \(asked.argument)): "
        + (asked.isBinary ? "" : "no line of it is an event of that form; ") + "it looks like \(other.words)"
    case .part(let fault): "is a recording that \(fault.predicate)"
    case .damagedFile(let fault): fault.predicate + (fault.cutShort.map { ", for \($0)" } ?? "")
    case .noMemory: "cannot be decompressed: there is not enough memory"
    case .cannotSpool(let errno):
      "has to be unpacked into a temporary file, which cannot be written: \(message(ofErrno: errno))"
    case .unpackedTooLarge(let bytesMax): "is a binary recording of more than \(bytesMax) bytes when unpacked"
    case .damagedFromTheStart(let reason): "has no readable line: \(reason)"
    }
  }
}

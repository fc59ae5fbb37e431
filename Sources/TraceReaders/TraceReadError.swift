// Why a recording cannot be read at all. What is wrong inside one that can be read is an `ImportIssue`.

package enum TraceReadError: Error, Equatable, Sendable {
  /// `open()` failed with this errno.
  case cannotOpen(errno: Int32)
  case isDirectory
  /// `read()` failed with this errno.
  case readFailed(errno: Int32)
  /// Nothing of a recording: what it is instead, as far as its bytes tell.
  case notATrace(NotATrace)
  /// A recording in a form that does not hold what a replay needs, or not in a way that can be told.
  case unusableForm(UnusableForm)
  /// Nothing in it reads as the form that was asked for; its first bytes are those of the other one.
  case notOfForm(InputFormat, looksLike: InputFormat)
  /// A part of a binary recording is damaged. Its form makes a `damagedFile` of it.
  case part(PartFault)
  /// A binary recording, and damaged where everything else hangs on.
  case damagedFile(FileFault)
  /// A recording that has to be read from a file, and there is no room to keep it in one: the errno.
  case cannotSpool(errno: Int32)
  /// Unpacked it is larger than what is kept of it, in bytes.
  case unpackedTooLarge(bytesMax: Int64)
  /// Compressed, and damaged before the first line came out: the reason.
  case damagedFromTheStart(String)

  /// What is wrong with a file: the values are those of the forms.
  package struct FileFault: Equatable, Sendable {
    package let format: InputFormat
    /// The end of a sentence that begins with the input's name.
    let predicate: String
    /// Why not all of it could be unpacked; nil: all was there.
    package var cutShort: String?
  }

  /// What a file is that is no recording. A form whose text may turn out to be none has a value of its own.
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

  /// The form, and what to ask for instead: the values are those of the forms.
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
    case .cannotSpool(let errno):
      "has to be unpacked into a temporary file, which cannot be written: \(message(ofErrno: errno))"
    case .unpackedTooLarge(let bytesMax): "is a binary recording of more than \(bytesMax) bytes when unpacked"
    case .damagedFromTheStart(let reason): "has no readable line: \(reason)"
    }
  }
}

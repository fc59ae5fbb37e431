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
  /// perf script text without these columns.
  case perfScriptLacks([PerfScriptColumn])
  /// Nothing in it reads as the form that was asked for; its first bytes are those of the other one.
  case notOfForm(InputFormat, looksLike: InputFormat)
  /// A trace.dat, and damaged where everything else hangs on.
  case traceDat(TraceDatFault)
  /// The same, and not all of it could be unpacked: why.
  case traceDatCutShort(TraceDatFault, String)
  /// A perf.data, and damaged where everything else hangs on.
  case perfData(PerfDataFault)
  /// The same, and not all of it could be unpacked: why.
  case perfDataCutShort(PerfDataFault, String)
  /// A recording that has to be read from a file, and there is no room to keep it in one: the errno.
  case cannotSpool(errno: Int32)
  /// Unpacked it is larger than what is kept of it, in bytes.
  case unpackedTooLarge(bytesMax: Int64)
  /// Compressed, and damaged before the first line came out: the reason.
  case damagedFromTheStart(String)

  /// What a file is that is no recording.
  package enum NotATrace: String, Sendable {
    case empty = "is empty"
    case elf = "is an ELF file"
    case sqlite = "is an SQLite database"
    case tar = "is a tar archive: unpack it and name the recording inside"
    case zip = "is a zip archive"
    case json = "is JSON, but not the output of bpftrace"
    case consoleLog = "is a console log, and no record of an ftrace dump stands in it"
    case webPage =
      "is an HTML page without ftrace text (<script class=\"trace-data\">): save the text alone, from tracefs or trace-cmd report"
    case binary = "is a binary file of no kind known here"
    case text = "is text in which no line is a trace event"
  }

  /// The form, and what to do instead.
  package enum UnusableForm: String, Sendable {
    case latency =
      "text of tracefs in its latency format, whose times are relative: print it with options/latency-format off"
    case raw = "text of tracefs with options/raw, which prints numbers without names: print it with options/raw off"
    case perfDataOfVersion1 =
      "a perf.data of version 1 (its first bytes are PERFFILE), which only perf reads: print it with `perf script --ns -F comm,tid,cpu,time,event,trace`"
    case functionGraph =
      "text of tracefs' function_graph tracer, which does not say whose events are whose: record with nop"
  }
}

extension TraceReadError {
  /// The error as the end of a sentence that begins with the input's name.
  package var predicate: String {
    switch self {
    case .cannotOpen(let errno): "cannot be opened: \(message(ofErrno: errno))"
    case .isDirectory: "is a directory, not a recorded trace"
    case .readFailed(let errno): "cannot be read: \(message(ofErrno: errno))"
    case .notATrace(let what): "is not a recorded trace: it \(what.rawValue)"
    case .unusableForm(let form): "is \(form.rawValue)"
    case .perfScriptLacks(let columns):
      "is perf script text without \(columns.map { "\($0.meaning) (\($0.rawValue))" }.joined(separator: " and ")): "
        + "print it with `perf script --ns -F comm,tid,cpu,time,event,trace`"
    case .notOfForm(let asked, let other):
      "does not read as \(asked.rawValue) (--format \(asked.argument)): "
        + (asked.isBinary ? "" : "no line of it is an event of that form; ") + "it looks like \(other.rawValue)"
    case .traceDat(let fault): "is a trace.dat that \(fault.predicate)"
    case .traceDatCutShort(let fault, let reason): "is a trace.dat that \(fault.predicate), for \(reason)"
    case .perfData(let fault): fault.predicate
    case .perfDataCutShort(let fault, let reason): "\(fault.predicate), for \(reason)"
    case .cannotSpool(let errno):
      "has to be unpacked into a temporary file, which cannot be written: \(message(ofErrno: errno))"
    case .unpackedTooLarge(let bytesMax): "is a binary recording of more than \(bytesMax) bytes when unpacked"
    case .damagedFromTheStart(let reason): "has no readable line: \(reason)"
    }
  }
}

// The input formats, and how a recording's format is recognised by its content.

/// One input format: a value for the type that defines it.
package struct InputFormat: Sendable {
  let content: Content

  enum Content: Sendable {
    case text(any TextForm.Type)
    case records(any RecordForm.Type)
  }

  /// The source of the text of a cut.
  package enum Cutting: Sendable {
    /// Its own lines: `RecordFinder` knows their parts.
    case lines
    /// Its records, as `trace-cmd report` prints them.
    case records
    /// Its events, under the catalogue's names.
    case events
  }

  init(_ form: any TextForm.Type) { content = .text(form) }
  init(_ form: any RecordForm.Type) { content = .records(form) }

  /// All text formats. If most lines are records of several of them, the last one wins: a format comes after the one
  /// that it is a special case of.
  static let texts: [any TextForm.Type] = [
    TraceCmdText.self,
    TracefsText.self,
    ConsoleLog.self,
    WebPage.self,
    PerfScript.self,
    Bpftrace.self,
  ]
  /// All binary formats.
  static let binaries: [any RecordForm.Type] = [
    TraceDat.self,
    PerfData.self,
  ]
}

extension InputFormat: CaseIterable {
  package static let allCases = texts.map { InputFormat($0) } + binaries.map { InputFormat($0) }
}

extension InputFormat: Hashable {
  package static func == (one: InputFormat, other: InputFormat) -> Bool { one.argument == other.argument }

  package func hash(into hasher: inout Hasher) { hasher.combine(argument) }
}

extension InputFormat {
  /// Its name for `--format`.
  package var argument: String {
    switch content {
    case .text(let form): form.argument
    case .records(let form): form.argument
    }
  }

  /// Its description, for the report.
  package var words: String {
    switch content {
    case .text(let form): form.words
    case .records(let form): form.words
    }
  }

  package var cutting: Cutting {
    switch content {
    case .text(let form): form.cutting
    case .records(let form): form.cutting
    }
  }

  /// The name of such an event in a cut.
  func nameInCut(of event: String) -> String {
    switch content {
    case .text(let form): form.nameInCut(of: event)
    case .records: event
    }
  }

  /// A binary format: without its magic bytes a file is not one.
  package var isBinary: Bool {
    switch content {
    case .text: false
    case .records: true
    }
  }

  /// `trace.dat, perf.data, or text of trace-cmd report, tracefs, perf script or bpftrace`.
  package static var list: String {
    let printers = texts.compactMap { $0.printer }
    return binaries.map { "\($0.fileName), " }.joined() + "or text of "
      + printers.dropLast().joined(separator: ", ") + " or " + printers.suffix(1).joined()
  }
}

extension InputFormat {
  /// The format of a recording that begins with these bytes.
  ///
  /// `isWhole`: nothing comes after them, so that the last line counts although it has no newline.
  static func detect(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) throws(TraceReadError) -> InputFormat {
    if bytes.isEmpty { throw .notATrace(.empty) }
    for form in binaries where try form.begins(bytes) { return InputFormat(form) }
    if let other = foreignMagic(bytes) { throw .notATrace(other) }
    for form in texts where try form.begins(bytes, isWhole: isWhole) { return InputFormat(form) }
    let survey = TextSurvey(bytes, isWhole: isWhole)
    if let form = survey.form { return try form.confirmed(bytes, isWhole: isWhole) }
    for form in texts where try form.isLeftOver(survey, bytes) { return InputFormat(form) }
    if isJSON(bytes) { throw .notATrace(.json) }
    let control = bytes.prefix(4096).count { $0 < 0x20 && !(0x07...0x0d).contains($0) && $0 != 0x1b }
    throw .notATrace(control * 50 > min(bytes.count, 4096) ? .binary : .text)
  }

  /// It begins as an object or an array does; `[  203.990000] text` does not.
  private static func isJSON(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let tokens = bytes.prefix(4096).filter { $0 > 0x20 }
    guard tokens.count > 1 else { return false }
    let next = tokens[1]
    if tokens[0] == UInt8(ascii: "{") { return next == UInt8(ascii: "\"") || next == UInt8(ascii: "}") }
    guard tokens[0] == UInt8(ascii: "[") else { return false }
    if "{[\"]".utf8.contains(next) { return true }
    let behind = tokens.dropFirst().first { !$0.isDigit && $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-") }
    return behind == UInt8(ascii: ",")
  }

  private static func foreignMagic(_ bytes: UnsafeRawBufferPointer) -> TraceReadError.NotATrace? {
    if bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]) { return .elf }
    if bytes.starts(with: Array("SQLite format 3\0".utf8)) { return .sqlite }
    if bytes.starts(with: [0x50, 0x4b, 0x03, 0x04]) { return .zip }
    if bytes.count > 262, bytes[257..<262].elementsEqual(Array("ustar".utf8)) { return .tar }
    return nil
  }
}

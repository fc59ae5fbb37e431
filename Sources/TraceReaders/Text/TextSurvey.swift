// What the first lines of a text say about its format.

import Glibc

/// Valid as long as the bytes are.
struct TextSurvey {
  /// By format, in the order of `InputFormat.texts`.
  private var records = [Int](repeating: 0, count: InputFormat.texts.count)
  /// The format that a line decided.
  private var decided: (any TextForm.Type)?
  /// Lines that are a record, in any format.
  private var recordLines = 0
  /// Lines that match no format.
  private(set) var others: [Line] = []

  /// Lines examined: a text that has not shown its format by then is not a recording.
  private static let linesMax = 1000

  init(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) {
    var finder = HeadFinder()
    for (number, line) in Self.frontLines(of: bytes, isWhole: isWhole).enumerated()
    where line.count > 0 && line.count <= LineSplitter.lineLimit {
      look(at: line, number: number, &finder)
      if decided != nil { return }
    }
  }

  /// The lines to examine, of a text that begins with these bytes.
  static func frontLines(of bytes: UnsafeRawBufferPointer, isWhole: Bool) -> [Line] {
    var lines: [Line] = []
    var rest = bytes
    while let start = rest.baseAddress, !rest.isEmpty, lines.count < linesMax {
      let newline = memchr(start, 10, rest.count).map { UnsafeRawPointer($0) }
      if newline == nil, !isWhole { break }
      var line = Line(start: start, end: newline ?? start + rest.count)
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(line.count + 1))
      line.dropCarriageReturn()
      lines.append(line)
    }
    return lines
  }

  private mutating func look(at line: Line, number: Int, _ finder: inout HeadFinder) {
    var (isRecord, isNote) = (false, false)
    for (place, form) in InputFormat.texts.enumerated() {
      switch form.sign(line, number: number, &finder) {
      case .decisive:
        decided = form
        return
      case .record:
        records[place] += 1
        isRecord = true
      case .note: isNote = true
      case nil: break
      }
    }
    if isRecord { recordLines += 1 } else if !isNote { others.append(line) }
  }

  /// Lines that are evidence for or against a format.
  var lines: Int { recordLines + others.count }

  func records(of form: any TextForm.Type) -> Int {
    zip(InputFormat.texts, records).first { $0.0 == form }?.1 ?? 0
  }

  /// The format that a line decided, or that most of the lines have; nil: none. A log that quotes an event here and
  /// there is not a recording.
  var form: (any TextForm.Type)? {
    decided ?? records.lastIndex { $0 * 2 > lines }.map { InputFormat.texts[$0] }
  }
}

// Output of bpftrace, plain and JSON: the format.

import KVMEvents

/// Its lines are not in time stamp order, nor one per record: it has its own reader.
enum Bpftrace: TextForm {
  static let argument = "bpftrace"
  static let words = "bpftrace output"
  static let printer: String? = "bpftrace"

  /// bpftrace's JSON: one message per line, or several in an array.
  static func begins(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) -> Bool {
    bytes.first == UInt8(ascii: "{") && BpftraceMessage(Line(firstOf: bytes)) != nil
      || JSONObjectCutter.isOfMessages(bytes)
  }

  static func sign(_ line: Line, number: Int, _ finder: inout HeadFinder) -> LineSign? {
    if isRecord(line) { return .record }
    switch BpftraceNote(line) {
    // The first line says so, though no record may follow.
    case .attached: return number == 0 ? .decisive : .note
    case .lost, .lostInAll, .map, .empty: return .note
    case nil: return nil
    }
  }

  private static func isRecord(_ line: Line) -> Bool {
    do throws(HeadFailure) {
      var line = line
      _ = try RecordHead(bpftrace: &line)
      return true
    } catch {
      return false
    }
  }

  static func nameInCut(of event: String) -> String { ProbeCatalogue.nameInCut(ofScripts: event) }

  static func catalogue(_ catalogue: ProbeCatalogue) -> ProbeCatalogue { catalogue.forBpftrace }
  static func reader(_ pipeline: consuming TextPipeline) -> any RecordingReader { BpftraceReader(pipeline) }
}

extension InputFormat {
  package static let bpftrace = InputFormat(Bpftrace.self)
}

// The source of the text of a cut's lines.

import TraceReaders

enum CutWording {
  /// The recording's own.
  case lines
  /// trace-cmd's, for the records of a trace.dat.
  case records
  /// The catalogue's, for events: the recording's format cannot be cut.
  case events(of: InputFormat)

  init(_ format: InputFormat) {
    switch format.cutting {
    case .lines: self = .lines
    case .records: self = .records
    case .events: self = .events(of: format)
    }
  }
}

// Whose words a cut's lines are.

import TraceReaders

enum CutWording {
  /// The recording's own.
  case lines
  /// trace-cmd's, of the records of a trace.dat.
  case records
  /// The catalogue's, of events: the recording's form is none that can be cut.
  case events(of: InputFormat)

  init(_ format: InputFormat) {
    switch format.cutting {
    case .lines: self = .lines
    case .records: self = .records
    case .events: self = .events(of: format)
    }
  }
}

// What the process ends with, and how the help texts say it.

import ArgumentParser
import Report

/// The statuses of all verbs. A verb that calls one by another name says so in its help.
enum ExitStatus: Int32, CaseIterable {
  case clean = 0
  /// Findings; differences; what was blessed.
  case found = 1
  case unreadable = 2
  /// The question could not be answered completely.
  case unknown = 3
  /// EX_USAGE, ArgumentParser's.
  case usage = 64
  /// EX_IOERR.
  case unwritable = 74
  /// EX_TEMPFAIL.
  case temporary = 75

  var code: ExitCode { ExitCode(rawValue) }

  private var meaning: String {
    switch self {
    case .clean: "clean"
    case .found: "findings"
    case .unreadable: "the input cannot be read or is no such trace"
    case .unknown:
      "no finding but a verdict is unknown (lost events, missing probes, an open order that could hide one)"
    case .usage: "usage"
    case .unwritable: "the output cannot be written"
    case .temporary: "part of a batch has to be done again"
    }
  }

  /// For the help of the program.
  static var sentence: String { sentence(allCases.map { ($0, $0.meaning) }) }

  /// For the help of a verb that has its own words for these.
  static func sentence(_ meanings: [(ExitStatus, String)]) -> String {
    "Exit status: " + meanings.map { "\($0.rawValue) \($1)" }.joined(separator: ", ") + "."
  }

  init(_ status: ReportVerdict.Status) {
    self =
      switch status {
      case .clean: .clean
      case .findings: .found
      case .incomplete: .unreadable
      case .unknown: .unknown
      }
  }
}

// What counts as a failure, for CI and git bisect.

import ArgumentParser
import Report
import Results

/// The kinds of findings that end a verb with status 1.
struct FailingKinds: ExpressibleByArgument {
  let kinds: [Finding.Kind]

  init(_ kinds: [Finding.Kind]) { self.kinds = kinds }

  init?(argument: String) {
    if argument == "none" {
      self.init([])
      return
    }
    let words = argument.split(separator: ",", omittingEmptySubsequences: false)
    let kinds = words.compactMap { Finding.Kind(rawValue: String($0)) }
    guard kinds.count == words.count else { return nil }
    self.init(kinds)
  }

  static var allValueStrings: [String] { Finding.Kind.allCases.map(\.rawValue) + ["none"] }
}

struct StatusArguments: ParsableArguments {
  @Option(
    help: """
      The kinds of findings, separated by commas, for which the exit status is 1, or none. Default: all. What is unknown \
      still has its own status.
      """)
  var failOn: FailingKinds?

  @Option(name: .customLong("unknown"), help: "The exit status instead of 3 (125: git bisect run skips the commit).")
  var unknownStatus: Int32?

  func validate() throws {
    if let unknownStatus, !(0...255).contains(unknownStatus) { throw ValidationError("--unknown is 0 to 255.") }
  }

  func code(of report: Report) -> ExitCode { code(ExitStatus(report.verdict(failingOn: failOn?.kinds))) }

  func code(of report: FleetReport) -> ExitCode {
    let kinds = failOn.map { report.findingKinds.intersection($0.kinds) } ?? report.findingKinds
    return code(!kinds.isEmpty ? .found : report.isPartlyUnknown ? .unknown : .clean)
  }

  private func code(_ status: ExitStatus) -> ExitCode {
    status == .unknown ? unknownStatus.map { ExitCode($0) } ?? status.code : status.code
  }
}

// How finely steps are interleaved, on the command line.

import ArgumentParser
import Explore

/// `section` or `step`. No other task sees what a lock guards while it is held, so both give the same verdicts.
enum GrainArgument: String, CaseIterable, ExpressibleByArgument {
  case section, step

  var value: Grain {
    switch self {
    case .section: .lockSection
    case .step: .step
    }
  }
}

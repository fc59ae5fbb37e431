// Seconds on the wall as on the command line.

import ArgumentParser
import Pipeline

/// Whole seconds, from 1: `90`, or with a unit `90s`.
struct SecondsArgument: ExpressibleByArgument {
  let seconds: Int

  init(seconds: Int) { self.seconds = seconds }

  init?(argument: String) {
    if let seconds = Int(argument) {
      self.seconds = seconds
    } else if let span = TimeSpan(argument), span.ns % 1_000_000_000 == 0 {
      seconds = Int(span.ns / 1_000_000_000)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { String(seconds) }
}

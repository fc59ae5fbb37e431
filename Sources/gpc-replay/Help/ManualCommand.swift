// `manual`, which `tools/install` calls: the pages of the manual.

import ArgumentParser
import Foundation

struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Write the pages of the manual, one per verb.", shouldDisplay: false)

  @Argument(help: "The folder that they are written to.")
  var folder: String

  @Option(help: "The date that they show, as 2026-11-30. Default: today.")
  var date: String?

  func run() throws {
    let day = DateFormatter()
    day.locale = Locale(identifier: "en_US_POSIX")
    day.timeZone = TimeZone(identifier: "UTC")
    day.dateFormat = "yyyy-MM-dd"
    guard let shown = date.map({ day.date(from: $0) }) ?? Date() else {
      throw ValidationError("--date is a day such as 2026-11-30.")
    }
    day.dateFormat = "MMMM d, yyyy"
    for page in ManualPage.all(of: try VerbDescription.program(), date: day.string(from: shown)) {
      try write(page.text, to: "\(folder)/\(page.name).1", replaces: true)
    }
  }
}

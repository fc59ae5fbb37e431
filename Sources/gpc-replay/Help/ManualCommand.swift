// `manual`, which `tools/install` calls: the pages of the manual.

import ArgumentParser
import Glibc

struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Write the pages of the manual, one per verb.", shouldDisplay: false)

  @Argument(help: "The folder that they are written to.")
  var folder: String

  @Option(help: "The date that they show, as 2026-11-30. Default: today.")
  var date: String?

  func run() throws {
    for page in ManualPage.all(of: try VerbDescription.program(), date: try shownDate()) {
      try write(page.text, to: "\(folder)/\(page.name).1", replaces: true)
    }
  }

  private static let badDate = ValidationError("--date is a day such as 2026-11-30.")

  /// `November 30, 2026`, as mdoc(7) has dates.
  private func shownDate() throws -> String {
    var day = tm()
    if let date {
      let parts = date.split(separator: "-").map { Int32($0) ?? -1 }
      guard parts.count == 3, parts.allSatisfy({ (1...9999).contains($0) }), parts[0] > 1900 else { throw Self.badDate }
      (day.tm_year, day.tm_mon, day.tm_mday) = (parts[0] - 1900, parts[1] - 1, parts[2])
      // February 30 becomes a day of March.
      guard timegm(&day) != -1, day.tm_mday == parts[2], day.tm_mon == parts[1] - 1 else { throw Self.badDate }
    } else {
      var now = time(nil)
      gmtime_r(&now, &day)
    }
    var text = [CChar](repeating: 0, count: 64)
    strftime(&text, text.count, "%B %-d, %Y", &day)
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

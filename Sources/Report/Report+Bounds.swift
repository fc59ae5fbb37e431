// What the report says where the replay had to give up something to keep memory and time bounded.

import KVMEvents
import Results
import TextLayout

extension Report {
  /// What was read, or judged, is not all of the recording.
  var isIncomplete: Bool { !whyIncomplete.isEmpty }

  var whyIncomplete: [String] { [trace.incomplete].compactMap(\.self) + boundSentences }

  /// A sentence for each bound that the replay reached, without its full stop.
  var boundSentences: [String] { GivenUp.sentences(givenUp ?? [], trace.eventPlace) }
}

extension Report.GivenUp {
  init(_ row: Results.GivenUp) {
    self.init(bound: row.bound, limit: row.limit, event: row.event, endsReplay: row.endsReplay)
  }

  /// One for each bound that was reached, without its full stop.
  static func sentences(_ givenUp: [Report.GivenUp], _ eventPlace: EventPlace) -> [String] {
    Results.GivenUp.Bound.allCases.compactMap { bound in
      let reached = givenUp.filter { $0.bound == bound }
      guard let first = reached.first else { return nil }
      let place = "\(eventPlace.rawValue) \(first.event)"
      let places = reached.count == 1 ? "at \(place)" : "\(grouped(Int64(reached.count))) times, first at \(place)"
      let lost =
        reached.last.flatMap {
          $0.endsReplay
            ? "what was open is unknown, and nothing from \(eventPlace.rawValue) \($0.event) on was judged" : nil
        }
        ?? "what was open there is unknown"
      return "\(first.subject) \(places): \(lost)\(bound == .memory ? " (--memory-max)" : "")"
    }
  }

  private var subject: String {
    switch bound {
    case .memory: "the replay needed more than \(limit >> 20)M of memory"
    case .openInvalidations:
      "a VM had more than \(grouped(limit)) invalidations that were open, or not surely over (--delta)"
    }
  }
}

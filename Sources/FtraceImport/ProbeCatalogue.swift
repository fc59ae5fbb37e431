// Which events there are and what their fields mean: the declarative files in Catalogue/, read at start.

import KVMEvents

/// The events that recordings may name. The kernel has no tracepoint for a cache, so these names are ours: recorder and importer
/// read them from the same files.
package struct ProbeCatalogue: Sendable {
  /// What each name may mean: at most one meaning without a condition, and any number with one.
  private(set) var meanings: [String: [CatalogueEvent]] = [:]

  /// Reads catalogue files, the most recent kernel generation first.
  package init(texts: [String]) throws(CatalogueError) {
    for text in texts {
      for event in try CatalogueParser.events(in: text) { add(event) }
    }
  }

  /// The kernel generations that this version knows.
  package static let embedded: ProbeCatalogue = {
    let files = [
      PackageResources.linux_6_12_probes, PackageResources.linux_6_1_probes, PackageResources.default_names_probes,
    ]
    do throws(CatalogueError) {
      return try ProbeCatalogue(texts: files.map { String(decoding: $0, as: UTF8.self) })
    } catch {
      fatalError("the embedded probe catalogue is broken, line \(error.line): \(error.reason)")
    }
  }()

  /// Two generations that give one name the same meaning share it; they may differ in which fields they record.
  private mutating func add(_ event: CatalogueEvent) {
    let known = meanings[event.name, default: []].firstIndex {
      $0.condition == event.condition && $0.kind == event.kind
    }
    if let known {
      meanings[event.name, default: []][known].merge(event)
    } else {
      meanings[event.name, default: []].append(event)
    }
  }

  /// The `kprobe_events` lines of a catalogue file, as the recorder writes them.
  package static func definitions(in text: String) throws(CatalogueError) -> [String] {
    try CatalogueParser.events(in: text).compactMap(\.definition)
  }
}

/// A catalogue file that does not follow its own language.
package struct CatalogueError: Error, Equatable {
  package let line: Int
  package let reason: String
}

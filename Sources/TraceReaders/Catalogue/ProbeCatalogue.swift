// Which events there are and what their fields mean: the declarative files in Catalogue/, read at start.

import KVMEvents

/// The events that recordings may name. The kernel has no tracepoint for a cache, so these names are ours: recorder and
/// importer read them from the same files.
package struct ProbeCatalogue: Sendable {
  /// What each name may mean: at most one meaning without a condition, and any number with one.
  private(set) var meanings: [String: [CatalogueEvent]] = [:]
  /// Names defined by a user's file: no embedded file overrides them.
  private var ownNames: Set<String> = []

  /// Reads catalogue files, the most recent kernel generation first.
  package init(texts: [String]) throws(CatalogueError) {
    for text in texts {
      for event in try CatalogueParser.events(in: text) { try add(event) }
    }
  }

  /// The kernel generations that this version knows, and scripts' events as cuts have them.
  package static let embedded: ProbeCatalogue = {
    var result = read(files.map(\.bytes))
    let scripts = result.forBpftrace
    for name in bpftrace.meanings.keys {
      for var meaning in scripts.meanings[name] ?? [] {
        meaning.name = scriptPrefix + name
        result.meanings[meaning.name, default: []].append(meaning)
      }
    }
    return result
  }()

  /// By kernel generation, the most recent first.
  static let files = [
    (name: "linux_6_12", bytes: PackageResources.linux_6_12_probes),
    (name: "linux_6_1", bytes: PackageResources.linux_6_1_probes),
    (name: "linux_5_17", bytes: PackageResources.linux_5_17_probes),
    (name: "default_names", bytes: PackageResources.default_names_probes),
  ]
  /// What a script of bpftrace records.
  static let scripts = (name: "bpftrace", bytes: PackageResources.bpftrace_probes)

  private static let bpftrace = read([scripts.bytes])
  /// Prefix of a script's name if a cut has its event: the name itself, in trace-cmd's text, is that of a kprobe that
  /// records more.
  static let scriptPrefix = "bt_"

  /// The event's name in a cut of bpftrace's output.
  static func nameInCut(ofScripts name: String) -> String {
    (bpftrace.meanings[name] == nil ? "" : scriptPrefix) + name
  }

  static func read(_ files: [[UInt8]]) -> ProbeCatalogue {
    do throws(CatalogueError) {
      return try ProbeCatalogue(texts: files.map { String(decoding: $0, as: UTF8.self) })
    } catch {
      fatalError("the embedded probe catalogue is broken, line \(error.line): \(error.reason)")
    }
  }

  /// Two generations that give one name the same meaning share it; they may differ in which fields they record.
  private mutating func add(_ event: CatalogueEvent) throws(CatalogueError) {
    let known = meanings[event.name, default: []].firstIndex {
      $0.condition == event.condition && $0.kind == event.kind
    }
    if known == nil, event.condition == nil, meanings[event.name]?.contains(where: { $0.condition == nil }) == true {
      throw CatalogueError(line: event.line, reason: "`\(event.name)` has two kinds and no `when` to tell them apart")
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

extension ProbeCatalogue {
  /// With the names of a user's file: they mean what the file says and nothing else, all other names keep their
  /// meaning.
  package func overridden(by text: String) throws(CatalogueError) -> ProbeCatalogue {
    let own = try ProbeCatalogue(texts: [text])
    var result = self
    result.meanings.merge(own.meanings) { _, own in own }
    result.ownNames.formUnion(own.meanings.keys)
    return result
  }

  /// For bpftrace's output, whose script reads less than a kprobe can.
  var forBpftrace: ProbeCatalogue {
    var result = self
    for (name, meanings) in Self.bpftrace.meanings where !ownNames.contains(name) {
      for meaning in meanings { result.replace(with: meaning) }
    }
    // A script prints no address first, whatever the event's name.
    for name in result.meanings.keys {
      for place in result.meanings[name, default: []].indices { result.meanings[name]?[place].definition = nil }
    }
    return result
  }

  /// Fields that the script's meaning does not require are optional.
  private mutating func replace(with meaning: CatalogueEvent) {
    var meaning = meaning
    let known = meanings[meaning.name, default: []].firstIndex {
      $0.condition == meaning.condition && $0.kind == meaning.kind
    }
    if let known {
      meaning.merge(meanings[meaning.name, default: []][known])
      meanings[meaning.name, default: []][known] = meaning
    } else {
      meanings[meaning.name, default: []].append(meaning)
    }
  }
}

/// A catalogue file with a syntax error.
package struct CatalogueError: Error, Equatable {
  package let line: Int
  package let reason: String
}

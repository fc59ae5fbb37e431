// tools/evidence: takes parts of recordings and holds what is said of them against what is said of the whole.

import ArgumentParser
import EvidenceParts
import FoundationEssentials
import Glibc
import KVMEvents
import TextLayout
import TraceReaders

@main struct EvidenceTool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tools/evidence",
    abstract: "Is evidence monotone? Takes parts of recordings and says what is said of them and not of the whole.",
    discussion: """
      Of each recording: every probe taken away alone, all points inside functions, random subsets of probes, gaps with their markers, \
      heads, tails, overwritten rings, and several of these at once (docs/testing.md). Failures are grouped by class, each with one example, \
      made small; * contradicts the whole, + only says more than it. Exit status: 0 none failed, 1 one did, 2 a recording cannot be read.

      Example:
        tools/evidence traces/retries/overlap/trace.txt.zst --kinds gaps,probes --count 100 --seed 7
      """)

  @Argument(help: "Recordings, or folders of them.", completion: .file())
  var recordings: [String]

  @Option(help: "Kinds of parts, with commas: \(PartKind.allCases.map(\.rawValue).joined(separator: ", ")).")
  var kinds = PartKind.allCases.map(\.rawValue).joined(separator: ",")

  @Option(help: "Parts of each kind; of probes there are as many as the recording has, of points one.")
  var count = 300

  @Option(help: "Another seed, other parts.")
  var seed: UInt64 = 1

  @Option(help: "The recordings' trace clock, where they do not say.")
  var clock: TraceClock?

  @Option(help: "Leave out recordings of more events than this.")
  var eventsMax = Int.max

  @Option(help: "Write each class's example here: whole, part, and what is wrong, in a folder each.")
  var save: String?

  @Option(help: "Judgements to make an example small with; 0: take it as it is.")
  var shrink = 600

  @Flag(
    help: "Say on standard error what is taken away before it is tried: the last one is what the replay stopped at.")
  var verbose = false

  @Flag(help: "Only how much of each recording is still forced at function level.")
  var functionLevel = false

  @Option(help: "With --function-level: fail where fewer per cent of the retry tests are still forced.")
  var forcedMin = 0.0

  func run() throws {
    let kinds = try kinds.split(separator: ",").map { word in
      guard let kind = PartKind(rawValue: String(word)) else { throw ValidationError("There is no kind '\(word)'.") }
      return kind
    }
    var hasFailed = false
    var totals: [Contradiction.Class: (parts: Int, recordings: Int)] = [:]
    let paths = try recordings.flatMap(Self.files)
    for path in paths {
      let whole: WholeRecording
      do {
        whole = try WholeRecording(.file(path: path), name: Self.name(of: path), clock: clock)
      } catch {
        print("\(path) \(error.predicate).")
        throw ExitCode(2)
      }
      if whole.events.count > eventsMax { continue }
      if functionLevel {
        if try !showFunctionLevel(of: whole) { hasFailed = true }
      } else {
        let groups = try groups(of: whole, path, kinds)
        for (kind, group) in groups {
          totals[kind, default: (0, 0)].parts += group.counts.values.reduce(0, +)
          totals[kind, default: (0, 0)].recordings += 1
          hasFailed = true
        }
      }
    }
    if paths.count > 1, !functionLevel { Self.show(totals) }
    if hasFailed { throw ExitCode(1) }
  }

  // MARK: Recordings

  private static func files(_ path: String) throws -> [String] {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ValidationError("There is no \(path).")
    }
    guard isFolder else { return [path] }
    let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    // One rendering of each recording; the rest are the same events.
    if let name = ownNames.first(where: names.contains) { return ["\(path)/\(name)"] }
    return try names.flatMap { name in
      var isFolder = false
      _ = FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
      return isFolder || name.hasSuffix(".txt.zst") ? try files("\(path)/\(name)") : []
    }
  }

  /// What a recording's file is called in a folder of its own, the best to read first.
  private static let ownNames = [
    "trace.dat", "perf.data", "reportt.txt.zst", "trace.txt.zst", "ftrace.txt.zst", "trace_pipe.txt.zst",
  ]

  private static func name(of path: String) -> String {
    let parts = path.split(separator: "/").map(String.init)
    let file = parts.last ?? path
    if ownNames.contains(file), parts.count > 1 { return parts[parts.count - 2] }
    return file.hasSuffix(".txt.zst") ? String(file.dropLast(8)) : file
  }

  // MARK: Parts

  private struct Group {
    var counts: [PartKind: Int] = [:]
    var probes: Set<String> = []
    var example: Breach
    var partKind: PartKind
  }

  private func groups(
    of whole: WholeRecording, _ path: String, _ kinds: [PartKind]
  ) throws -> [Contradiction.Class: Group] {
    let monotony = try Monotony(whole)
    let judged = monotony.whole
    print("\(whole.name): \(whole.events.count) events, \(judged.status), findings: \(judged.findingCount)")
    var groups: [Contradiction.Class: Group] = [:]
    var parts = 0
    var failing: [PartKind: Int] = [:]
    for kind in kinds {
      for removal in kind.removals(from: whole, count: count, seed: seed) {
        parts += 1
        if verbose { printError("\(whole.name), \(kind.rawValue) \(parts): \(removal.description(in: whole))") }
        let found = monotony.contradictions(without: removal)
        if !found.isEmpty { failing[kind, default: 0] += 1 }
        for contradiction in found {
          let breach = Breach(whole: whole, removal: removal, contradiction: contradiction)
          var group = groups[contradiction.kind] ?? Group(example: breach, partKind: kind)
          group.counts[kind, default: 0] += 1
          if kind == .probes { group.probes.insert(removal.description(in: whole)) }
          groups[contradiction.kind] = group
        }
      }
    }
    let words = kinds.compactMap { kind in failing[kind].map { "\(kind.rawValue) \($0)" } }
    print("  \(parts) parts, failing: \(words.isEmpty ? "none" : words.joined(separator: ", "))")
    for (kind, group) in groups.sorted(by: { $0.key < $1.key }) { try show(kind, group, path) }
    return groups
  }

  private static func show(_ totals: [Contradiction.Class: (parts: Int, recordings: Int)]) {
    print("all recordings: \(totals.isEmpty ? "nothing failed" : "")")
    for (kind, total) in totals.sorted(by: { $0.key < $1.key }) {
      print("\(mark(kind)) \(kind): \(total.parts) times, in \(total.recordings) recordings")
    }
  }

  private static func mark(_ kind: Contradiction.Class) -> String { kind.onlySaysMore ? "+" : "*" }

  private func printError(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  private func show(_ kind: Contradiction.Class, _ group: Group, _ path: String) throws {
    let counts = PartKind.allCases.compactMap { part in group.counts[part].map { "\(part.rawValue) \($0)" } }
    print("\(Self.mark(kind)) \(kind): \(counts.joined(separator: ", "))")
    for probe in group.probes.sorted() { print("    \(probe)") }
    let example = shrink > 0 ? try Shrinking.shrink(group.example, budget: shrink) : group.example
    let text = example.description(origin: "\(path), \(group.partKind.rawValue), seed \(seed)")
    print(text.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
    if let save {
      let folder = "\(save)/\(kind.fileName)/\(example.whole.name)"
      try BreachText(example, input: .file(path: path)).write(text, to: folder)
    }
  }

  // MARK: Function level

  /// False: a decision turns round, or less is forced than was asked for.
  private func showFunctionLevel(of whole: WholeRecording) throws -> Bool {
    let level = try FunctionLevel(Monotony(whole))
    print("\(whole.name): retry tests \(Self.words(level.tests)); checks \(Self.words(level.checks))")
    for line in level.part.findingLines { print("    \(line)") }
    let kinds = Set(level.contradictions.map(\.kind)).sorted()
    for kind in kinds { print("  * \(kind): \(level.contradictions.count { $0.kind == kind })") }
    return level.tests.percent >= forcedMin && kinds.allSatisfy(\.onlySaysMore)
  }

  private static func words(_ share: FunctionLevel.Share) -> String {
    let percent = Int((share.percent * 10).rounded())
    let other = share.otherwise == 0 ? "" : ", \(share.otherwise) OTHERWISE"
    return "\(share.stillForced) of \(share.forced) forced (\(percent / 10).\(percent % 10) %)\(other)"
  }
}

extension TraceClock: ExpressibleByArgument {}

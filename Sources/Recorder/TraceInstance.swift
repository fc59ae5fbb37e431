// A tracefs instance with probes of its own: made, filled, emptied and removed by the recorder.

import Glibc

/// What a recording has in tracefs. Its name is that of its folder in `instances/` and of its probes' group, and tells
/// which process it belongs to: `gpc_replay_PID_START`, START being the process's start in ticks, so that a pid that is
/// used again is another process.
///
/// The instance is made before the first probe and removed before them: while there are probes of a group there is, or
/// was just now, its instance, and what a killed recording left is found by its folder.
package final class TraceInstance {
  private let files: any TraceFiles
  package let tracefs: String
  package let name: String

  private static let prefix = "gpc_replay_"

  package init(_ files: any TraceFiles, tracefs: String, name: String) {
    self.files = files
    self.tracefs = tracefs
    self.name = name
  }

  /// The name for a process; nil: /proc does not tell its start.
  package static func name(_ files: any TraceFiles, pid: Int32) -> String? {
    started(files, pid: pid).map { "\(prefix)\(pid)_\($0)" }
  }

  /// Field 22 of /proc/PID/stat; a comm may hold blanks and parentheses.
  private static func started(_ files: any TraceFiles, pid: Int32) -> UInt64? {
    guard let text = files.text("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return nil }
    let words = text[text.index(after: end)...].split { $0 == " " || $0 == "\n" }
    return words.count > 19 ? UInt64(words[19]) : nil
  }

  package var path: String { "\(tracefs)/instances/\(name)" }

  /// - Returns: an errno, or 0.
  package func make() -> Int32 { files.makeFolder(path) }

  /// Writes to a file of the instance.
  /// - Returns: an errno, or 0.
  package func set(_ file: String, _ value: String) -> Int32 { files.write(value + "\n", to: "\(path)/\(file)") }

  package func text(_ file: String) -> String? { files.text("\(path)/\(file)") }

  /// What came of one probe.
  package enum Outcome: Equatable, Sendable {
    case defined
    /// The kernel's own words, or the errno's.
    case refused(String)
  }

  /// - Parameter definition: a line of kprobe_events whose group is `name`.
  package func define(_ definition: String, event: String) -> Outcome {
    let error = files.write(definition + "\n", to: "\(tracefs)/kprobe_events")
    if files.exists("\(tracefs)/events/\(name)/\(event)") { return .defined }
    let reason = Self.reason(files.text("\(tracefs)/error_log") ?? "", of: "\(name)/\(event) ")
    return .refused(reason ?? (error == 0 ? "it is not there afterwards" : String(cString: strerror(error))))
  }

  /// The last message about a command with these words.
  ///
  ///     [ 123.4] trace_kprobe: error: Invalid probed address or symbol
  ///       Command: p:gpc_replay_1_2/gpc_check kvm:none
  static func reason(_ log: String, of words: String) -> String? {
    var message: Substring?
    var found: Substring?
    for line in log.split(separator: "\n") {
      if let range = line.firstRange(of: " error: ") { message = line[range.upperBound...] }
      if line.contains("Command: ") && line.contains(words) { found = message }
    }
    return found.map(String.init)
  }

  /// A line into the recording, where `trace_marker` takes it.
  package func mark(_ text: String) { _ = set("trace_marker", "gpc-replay: " + text) }

  /// Removes the instance and its probes. The kernel keeps it while it is being read.
  /// - Returns: an errno, or 0.
  package func remove() -> Int32 {
    if files.exists(path) {
      let error = files.removeFolder(path)
      if error != 0 { return error }
    }
    var result: Int32 = 0
    for event in events() {
      let error = files.write("-:\(name)/\(event)\n", to: "\(tracefs)/kprobe_events")
      if error != 0 { result = error }
    }
    return result
  }

  /// Probes of this group.
  private func events() -> [String] {
    let lines = (files.text("\(tracefs)/kprobe_events") ?? "").split(separator: "\n")
    return lines.compactMap { line in
      // `r10:GROUP/EVENT PLACE …`
      let head = line.prefix { $0 != " " }
      guard let start = head.firstRange(of: ":\(name)/") else { return nil }
      return String(head[start.upperBound...])
    }
  }

  /// Removes what recordings left that are no more.
  /// - Returns: the names of what was removed, and of what could not be.
  package static func removeLeftovers(
    _ files: any TraceFiles, tracefs: String
  ) -> (removed: [String], kept: [String]) {
    var removed: [String] = []
    var kept: [String] = []
    for name in leftovers(files, tracefs: tracefs) {
      if TraceInstance(files, tracefs: tracefs, name: name).remove() == 0 {
        removed.append(name)
      } else {
        kept.append(name)
      }
    }
    return (removed, kept)
  }

  /// Instances whose process is no more.
  package static func leftovers(_ files: any TraceFiles, tracefs: String) -> [String] {
    files.names(in: tracefs + "/instances").filter { name in
      let words = name.dropFirst(prefix.count).split(separator: "_", omittingEmptySubsequences: false)
      guard name.hasPrefix(prefix), words.count == 2, let pid = Int32(words[0]), let start = UInt64(words[1]) else {
        return false
      }
      return started(files, pid: pid) != start
    }
  }
}

// What a recording is asked for: plain values.

/// A recording to be made.
package struct RecordingSettings: Equatable, Sendable {
  /// The trace.dat to write.
  package var output: String
  /// How long, in seconds; nil: while the command runs, or until a signal.
  package var seconds: Int?
  /// The command to run meanwhile; empty: none.
  package var command: [String]
  /// KiB of ring per CPU.
  package var bufferKiB: Int
  /// A clock of tracefs that all CPUs share.
  package var clock: String
  /// The kinds of findings that end it; empty: none does, and nothing is given up.
  package var until: [String]
  /// Seconds that are kept at least before such a finding.
  package var keepSeconds: Int
  /// The program's own version, for what the recording says of itself.
  package var version: String

  package init(
    output: String, seconds: Int?, command: [String], bufferKiB: Int = 8192, clock: String = "mono",
    until: [String] = [], keepSeconds: Int = 10, version: String
  ) {
    self.output = output
    self.seconds = seconds
    self.command = command
    self.bufferKiB = bufferKiB
    self.clock = clock
    self.until = until
    self.keepSeconds = keepSeconds
    self.version = version
  }

  /// Clocks that are the same on all CPUs.
  package static let clocks = ["mono", "boot", "global", "mono_raw", "tai"]
}

/// One probe to be defined: made by the plan for a kernel, or by hand.
package struct ProbeToDefine: Equatable, Sendable {
  package let event: String
  /// The line of kprobe_events without `p:GROUP/EVENT `.
  package let place: String
  package let isReturn: Bool
  /// What is lost without it: a sentence.
  package let lost: String

  package init(event: String, place: String, isReturn: Bool, lost: String) {
    self.event = event
    self.place = place
    self.isReturn = isReturn
    self.lost = lost
  }

  package func definition(group: String) -> String { "\(isReturn ? "r" : "p"):\(group)/\(event) \(place)" }

  /// The probes of a file of kprobe_events lines; comments and empty lines are passed over. nil: a line is no probe, by
  /// its number.
  package static func read(_ text: String) -> Result<[ProbeToDefine], DefinitionFault> {
    var probes: [ProbeToDefine] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = line.drop { $0 == " " || $0 == "\t" }
      if line.isEmpty || line.hasPrefix("#") { continue }
      guard let probe = ProbeToDefine(line: line) else { return .failure(DefinitionFault(line: index + 1)) }
      probes.append(probe)
    }
    return .success(probes)
  }

  /// `p:gpc/gpc_check kvm:kvm_gpc_check gpc=%di:x64`; the group gives way to the recording's own.
  private init?(line: Substring) {
    let words = line.split(separator: " ", maxSplits: 1)
    guard words.count == 2, line.utf8.count < 1000 else { return nil }
    let head = words[0].split(separator: ":", maxSplits: 1)
    guard head.count == 2, let kind = head[0].first, kind == "p" || kind == "r",
      head[0].dropFirst().allSatisfy({ $0.isASCII && $0.isNumber })
    else { return nil }
    let name = head[1].split(separator: "/").last ?? ""
    guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }) else {
      return nil
    }
    self.init(
      event: String(name), place: String(words[1]), isReturn: kind == "r",
      lost: "what this definition of your own tells.")
  }
}

/// A line that defines no probe.
package struct DefinitionFault: Error, Equatable, Sendable {
  package let line: Int
}

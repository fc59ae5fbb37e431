// Whether a host can record, in a few seconds and without changing anything.

import Glibc

/// What was looked at on a host, and what came of it.
package struct HostCheck: Equatable, Sendable {
  package enum State: String, Sendable {
    case good = "ok"
    case warning = "note"
    /// Nothing can be recorded.
    case fatal = "no"
  }

  package let state: State
  package let sentence: String
}

package struct RecordingHost {
  private let files: any TraceFiles

  package init(_ files: any TraceFiles) { self.files = files }

  /// Where tracefs is mounted; nil: nowhere that it usually is.
  package var tracefs: String? {
    ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"].first { files.exists($0 + "/instances") }
  }

  /// - Parameters:
  ///   - isRoot: of whoever records.
  ///   - freeBytes: where the recording is to go.
  package func checks(isRoot: Bool, freeBytes: Int64?) -> [HostCheck] {
    [root(isRoot), tracefsCheck, probeEvents, lockdown, module, disk(freeBytes), others].compactMap(\.self)
  }

  private func root(_ isRoot: Bool) -> HostCheck {
    isRoot
      ? HostCheck(state: .good, sentence: "root")
      : HostCheck(state: .fatal, sentence: "only root may define probes: sudo gpc-replay record …")
  }

  private var tracefsCheck: HostCheck {
    guard let tracefs else {
      return HostCheck(
        state: .fatal, sentence: "there is no tracefs: mount -t tracefs nodev /sys/kernel/tracing")
    }
    return HostCheck(state: .good, sentence: "tracefs at \(tracefs)")
  }

  private var probeEvents: HostCheck? {
    guard let tracefs else { return nil }
    return files.exists(tracefs + "/kprobe_events")
      ? HostCheck(state: .good, sentence: "probe events")
      : HostCheck(state: .fatal, sentence: "the kernel has no probe events (CONFIG_KPROBE_EVENTS)")
  }

  /// Confidentiality is the level that takes probes away.
  private var lockdown: HostCheck? {
    guard let text = files.text("/sys/kernel/security/lockdown"), text.contains("[confidentiality]") else { return nil }
    return HostCheck(state: .fatal, sentence: "the kernel is locked down (confidentiality): it takes no probes")
  }

  private var module: HostCheck {
    if files.exists("/sys/module/kvm") || files.exists("/dev/kvm") { return HostCheck(state: .good, sentence: "kvm") }
    return HostCheck(state: .fatal, sentence: "the module kvm is not loaded: modprobe kvm")
  }

  /// A recording stops before a disk is full.
  package static let freeBytesMin: Int64 = 256 << 20

  private func disk(_ freeBytes: Int64?) -> HostCheck? {
    guard let freeBytes else { return nil }
    let sentence = "\(freeBytes >> 20) MiB free for the recording"
    if freeBytes < Self.freeBytesMin {
      return HostCheck(state: .fatal, sentence: "\(sentence), and it stops at \(Self.freeBytesMin >> 20)")
    }
    return HostCheck(state: freeBytes < 4 * Self.freeBytesMin ? .warning : .good, sentence: sentence)
  }

  /// What a killed recording left.
  private var others: HostCheck? {
    guard let tracefs else { return nil }
    let left = TraceInstance.leftovers(files, tracefs: tracefs)
    guard !left.isEmpty else { return nil }
    return HostCheck(
      state: .warning, sentence: "left by a recording that was killed, to be removed: \(left.joined(separator: ", "))")
  }

  /// Identities of the kernel and of kvm, in hex; without what cannot be read.
  package var buildIDs: String {
    var words: [String] = []
    for (name, path) in [("kernel", "/sys/kernel/notes"), ("kvm", "/sys/module/kvm/notes/.note.gnu.build-id")] {
      if let id = buildID(path) { words.append("\(name)=\(id)") }
    }
    return words.joined(separator: " ")
  }

  /// A note named GNU of type 3 (NT_GNU_BUILD_ID): name size, size, type, name, and the id.
  private func buildID(_ path: String) -> String? {
    guard let bytes = files.bytes(path) else { return nil }
    let mark: [UInt8] = [4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0, 0x47, 0x4e, 0x55, 0]
    guard bytes.count >= mark.count + 20 else { return nil }
    for start in 0...(bytes.count - mark.count - 20) where bytes[start...].starts(with: mark) {
      let id = bytes[(start + mark.count)..<(start + mark.count + 20)]
      return id.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
    return nil
  }
}

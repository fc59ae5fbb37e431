// What a recording states about itself: a line of trace_marker that `gpc-replay record` wrote.

/// One such line, without the prefix `gpc-replay: `: `offsets kvm.mmu_notifier=6800 …`.
package struct RecordingMark: Equatable, Sendable {
  /// The id that its event has, or would have: what `EventPlace` counts.
  package let line: EventID
  package let text: String

  package init(line: EventID, text: String) {
    self.line = line
    self.text = text
  }
}

extension Sequence<RecordingMark> {
  private func words(after start: String) -> Substring? {
    lazy.filter { $0.text.hasPrefix(start) }.first.map { $0.text.dropFirst(start.count) }
  }

  /// The kernel that it was recorded on: `recorded on RELEASE MACHINE by …`.
  package var kernelRelease: KernelRelease? {
    words(after: "recorded on ").flatMap { KernelRelease(String($0.prefix { $0 != " " })) }
  }

  /// The clock that it was recorded with: `recorded on RELEASE MACHINE by …, clock mono, …`.
  package var clock: TraceClock? {
    for part in words(after: "recorded on ")?.split(separator: ",") ?? [] {
      let words = part.split(separator: " ")
      if words.count == 2, words[0] == "clock" { return TraceClock(rawValue: String(words[1])) }
    }
    return nil
  }

  /// `offsetof(struct kvm, mmu_notifier)`, in bytes: `offsets kvm.mmu_notifier=6800 …`.
  package var notifierOffset: UInt64? {
    let name = "kvm.mmu_notifier="
    let place = words(after: "offsets ")?.split(separator: " ").first { $0.hasPrefix(name) }
    return place.flatMap { UInt64($0.dropFirst(name.count)) }
  }

  /// A probe missed hits, `missed EVENT COUNT`: equivalent to events lost at an unknown time.
  package var tellOfMissedHits: Bool { contains { $0.text.hasPrefix("missed ") } }
}

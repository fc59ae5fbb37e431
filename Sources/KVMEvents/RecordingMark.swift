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

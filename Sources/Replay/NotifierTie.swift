// Ties a VM's notifier pointer to its kvm pointer, from the recording itself.

import KVMEvents

/// Learns the constant `kvm - mn` (the notifier is a member of `struct kvm`) and holds events back until it is known.
///
/// The start hook names only the notifier, the walk right behind it on the same thread only the kvm: one such pair serves the whole
/// recording. Until then events are held, so that no decision is made without the invalidations.
struct NotifierTie {
  /// `kvm - mn`, wrapping.
  private(set) var offset: UInt64?
  private var held: [RecordedEvent] = []
  private var lastHook: [Int32: NotifierPointer] = [:]
  private var hasGivenUp = false
  /// 15 MB; in every recording met so far the tie stands within three events of the first hook.
  private static let heldMax = 65_536

  var isHolding: Bool { !held.isEmpty }

  func kvm(of mn: NotifierPointer) -> KVMPointer? {
    offset.map { KVMPointer(rawValue: mn.rawValue &+ $0) }
  }

  /// Takes the event into the held ones where that is needed. True when the tie was made (or given up) and the held events are to be replayed.
  mutating func holds(_ event: RecordedEvent) -> Bool {
    if offset != nil { return false }
    learn(event)
    if hasGivenUp { return false }
    let isHook = event.kind == .mnInvalidateRangeStart || event.kind == .mnInvalidateRangeEnd
    if !isHook && held.isEmpty { return false }
    held.append(event)
    if held.count == Self.heldMax { hasGivenUp = true }
    return offset != nil || hasGivenUp
  }

  mutating func giveUp() {
    hasGivenUp = true
  }

  mutating func takeHeld() -> [RecordedEvent] {
    defer { held = [] }
    return held
  }

  private mutating func learn(_ event: RecordedEvent) {
    if let mn = event.mn, event.kind == .mnInvalidateRangeStart || event.kind == .mnInvalidateRangeEnd {
      lastHook[event.pid] = mn
    } else if let kvm = event.kvm, event.kind == .gpcInvalidateStart || event.kind == .mnInvalidateEndKvm,
      let mn = lastHook[event.pid]
    {
      offset = kvm.rawValue &- mn.rawValue
    }
  }
}

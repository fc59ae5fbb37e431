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
  private var lastHook: [Int32: RecordedEvent] = [:]
  private var hasGivenUp = false
  /// 15 MB; in every recording met so far the tie stands within three events of the first hook.
  private static let heldMax = 65_536

  var isMade: Bool { offset != nil }
  var isHolding: Bool { !held.isEmpty }

  func kvm(of mn: NotifierPointer) -> KVMPointer? {
    offset.map { KVMPointer(rawValue: mn.rawValue &+ $0) }
  }

  /// Takes the event into the held ones where that is needed. True when the tie was made (or given up) and the held events are to be replayed.
  mutating func holds(_ event: RecordedEvent) -> Bool {
    learn(event)
    if hasGivenUp { return false }
    let isHook = event.kind == .mnInvalidateRangeStart || event.kind == .mnInvalidateRangeEnd
    if !isHook && held.isEmpty { return false }
    held.append(event)
    if held.count == Self.heldMax { hasGivenUp = true }
    return isMade || hasGivenUp
  }

  mutating func giveUp() {
    hasGivenUp = true
  }

  mutating func takeHeld() -> [RecordedEvent] {
    defer { held = [] }
    return held
  }

  private mutating func learn(_ event: RecordedEvent) {
    if event.kind == .mnInvalidateRangeStart || event.kind == .mnInvalidateRangeEnd {
      lastHook[event.pid] = event
    } else if event.kind == .gpcInvalidateStart {
      learn(from: event, inside: .mnInvalidateRangeStart)
    } else if event.kind == .mnInvalidateEndKvm {
      learn(from: event, inside: .mnInvalidateRangeEnd)
    }
  }

  /// Where events were dropped, the thread's last hook may be another's: the kind and the range say whether it is this one's.
  private mutating func learn(from event: RecordedEvent, inside kind: EventKind) {
    guard let hook = lastHook[event.pid], hook.kind == kind, hook.range == event.range, let mn = hook.mn,
      let kvm = event.kvm
    else { return }
    offset = kvm.rawValue &- mn.rawValue
  }
}

// Ties a VM's notifier pointer to its kvm pointer, from the recording itself.

import KVMEvents

/// Learns the constant `kvm - mn` (the notifier is a member of `struct kvm`) and holds events back until it is known.
///
/// The start hook names only the notifier, the walk right behind it on the same thread only the kvm: one such pair
/// serves the whole recording. Until then events are held, so that no decision is made without the invalidations. Where
/// no such pair comes, what the recording says of itself serves, if a recorded kvm bears it out.
struct NotifierTie {
  /// `kvm - mn`, wrapping.
  private(set) var offset: UInt64?
  private var held: [RecordedEvent] = []
  /// By pid: the hook that the thread is in; and what its walk says of the tie, where that lies in an end hook.
  private var lastHook: [Int32: (entry: RecordedEvent, walkOffset: UInt64?)] = [:]
  private var hasGivenUp = false
  /// The pointers met while events are held: with one of each the tie is plain.
  private var kvms: Set<UInt64> = []
  private var notifiers: Set<UInt64> = []
  /// `struct kvm` has some 40 KiB at the most; so far behind its begin lies no member of it, but one of its neighbour.
  static let kvmBytesMax: UInt64 = 1 << 16
  /// 15 MB; in every recording met so far the tie stands within three events of the first hook.
  private static let heldMax = 65_536

  /// `kvm - mn` as the recording says it.
  private let saidOffset: UInt64?

  /// - Parameter notifierOffset: `offsetof(struct kvm, mmu_notifier)`, where the recording says it.
  init(notifierOffset: UInt64? = nil) {
    saidOffset = notifierOffset.flatMap { $0 < Self.kvmBytesMax ? 0 &- $0 : nil }
  }

  var isMade: Bool { offset != nil }
  var isHolding: Bool { !held.isEmpty }

  func kvm(of mn: NotifierPointer) -> KVMPointer? {
    offset.map { KVMPointer(rawValue: mn.rawValue &+ $0) }
  }

  /// Takes the event into the held ones where that is needed. True when the tie was made (or given up) and the held
  /// events are to be replayed.
  mutating func holds(_ event: RecordedEvent) -> Bool {
    learn(event)
    if hasGivenUp { return false }
    let isHook = event.kind == .mnInvalidateRangeStart || event.kind == .mnInvalidateRangeEnd
    if !isHook && held.isEmpty { return false }
    held.append(event)
    if held.count == Self.heldMax {
      hasGivenUp = true
      believe()
    }
    return isMade || hasGivenUp
  }

  /// Takes what the recording says, if a recorded notifier then lies in a recorded kvm: its offsets may be another
  /// build's.
  private mutating func believe() {
    guard !isMade, let saidOffset, notifiers.contains(where: { kvms.contains($0 &+ saidOffset) }) else { return }
    offset = saidOffset
  }

  /// The recording is over: what it says is taken, else the only pair there is belongs together, if the notifier can be
  /// a member of that kvm.
  mutating func giveUp() {
    hasGivenUp = true
    believe()
    guard !isMade, kvms.count == 1, notifiers.count == 1, let kvm = kvms.first, let mn = notifiers.first, mn > kvm,
      mn - kvm < Self.kvmBytesMax
    else { return }
    offset = kvm &- mn
  }

  mutating func takeHeld() -> [RecordedEvent] {
    defer { held = [] }
    return held
  }

  private mutating func learn(_ event: RecordedEvent) {
    if let kvm = event.kvm { kvms.insert(kvm.rawValue) }
    if let mn = event.mn { notifiers.insert(mn.rawValue) }
    switch event.kind {
    case .mnInvalidateRangeStart, .mnInvalidateRangeEnd: lastHook[event.pid] = (event, nil)
    case .gpcInvalidateStart:
      learn(from: event, inside: .mnInvalidateRangeStart)
      // In some forms the walk lies in the end hook: it surely does if that hook's return follows.
      if let hook = lastHook[event.pid]?.entry, hook.kind == .mnInvalidateRangeEnd {
        lastHook[event.pid] = (hook, Self.offset(hook, event))
      }
    case .mnInvalidateEndKvm: learn(from: event, inside: .mnInvalidateRangeEnd)
    case .mnInvalidateRangeEndRet:
      offset = offset ?? lastHook[event.pid]?.walkOffset
      lastHook[event.pid] = nil
    case .mnInvalidateRangeStartRet: lastHook[event.pid] = nil
    // What a thread does next may be another hook's.
    case .lostEvents: lastHook.removeAll()
    case _: break
    }
  }

  private mutating func learn(from event: RecordedEvent, inside kind: EventKind) {
    guard let hook = lastHook[event.pid]?.entry, hook.kind == kind else { return }
    offset = offset ?? Self.offset(hook, event)
  }

  /// nil: the two are of different ranges, or lack a pointer.
  private static func offset(_ hook: RecordedEvent, _ event: RecordedEvent) -> UInt64? {
    guard hook.range == event.range, let mn = hook.mn, let kvm = event.kvm else { return nil }
    return kvm.rawValue &- mn.rawValue
  }
}

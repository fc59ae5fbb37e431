// Ties a VM's notifier pointer to its kvm pointer, from the recording itself.

import KVMEvents

/// Learns the constant `kvm - mn` (the notifier is a member of `struct kvm`) and holds events back until it is known.
///
/// The start hook names only the notifier, the walk right after it on the same thread only the kvm: one such pair
/// serves the whole recording. Until then events are held back, so that no decision is made without the invalidations.
/// Without such a pair, the recording's own statement is used, if a recorded kvm confirms it.
struct NotifierTie {
  /// `kvm - mn`, wrapping.
  private(set) var offset: UInt64?
  private var held: [RecordedEvent] = []
  /// By pid: the hook that the thread is in; and what its walk shows about the tie, if that lies in an end hook.
  private var lastHook: [Int32: (entry: RecordedEvent, walkOffset: UInt64?)] = [:]
  private var hasGivenUp = false
  /// The pointers seen while events are held: with one of each the tie is certain.
  private var kvms: Set<UInt64> = []
  private var notifiers: Set<UInt64> = []
  /// `struct kvm` has some 40 KiB at most; an address that far after its start is not a member of it, but of its
  /// neighbour.
  static let kvmBytesMax: UInt64 = 1 << 16
  /// 15 MB; in every recording seen so far the tie is known within three events of the first hook.
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

  /// Holds the event if needed. True when the tie is known (or given up) and the held events are to be replayed.
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

  /// Uses the recording's statement, if a recorded notifier then lies in a recorded kvm: its offsets may be those of
  /// another build.
  private mutating func believe() {
    guard !isMade, let saidOffset, notifiers.contains(where: { kvms.contains($0 &+ saidOffset) }) else { return }
    offset = saidOffset
  }

  /// The recording is over: its own statement is used, else a single pair belongs together, if the notifier can be a
  /// member of that kvm.
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
      // In some forms the walk lies in the end hook: certainly if that hook's return follows.
      if let hook = lastHook[event.pid]?.entry, hook.kind == .mnInvalidateRangeEnd {
        lastHook[event.pid] = (hook, Self.offset(hook, event))
      }
    case .mnInvalidateEndKvm: learn(from: event, inside: .mnInvalidateRangeEnd)
    case .mnInvalidateRangeEndRet:
      offset = offset ?? lastHook[event.pid]?.walkOffset
      lastHook[event.pid] = nil
    case .mnInvalidateRangeStartRet: lastHook[event.pid] = nil
    // The next event of a thread may belong to another hook.
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

// Looks for fields that cannot be what they are named for: the probes' definitions were made for another kernel.

import KVMEvents
import Operations

/// Goes over all events of a recording, beside the replay, and knows at its end which fields show a sign (evidence,
/// rule 20). What was
/// judged with them until then is judged again without.
struct FieldSurvey {
  /// What one field of one kind of event has shown.
  private struct Shown {
    var sign: ImplausibleField.Sign
    var count: Int64 = 0
    var first: EventID
  }

  private var shown: [Int: Shown] = [:]
  /// Pointers outside the kernel half are only hashed ones where all are.
  private var hasKernelAddress = false
  private var hasKVMOnPage = false
  private var hooks = FieldRange()
  private var retryCounts = FieldRange()
  private var retrySeqs = FieldRange()
  private var snapshots = FieldRange()
  private var events = Array(repeating: Int64(0), count: EventKind.allCases.count)
  /// By kind: what its events carry.
  private var carried = Array(repeating: EventFieldSet(rawValue: 0), count: EventKind.allCases.count)
  private var flags: [EventField: [Int64]] = [
    .active: Array(repeating: 0, count: EventKind.allCases.count),
    .valid: Array(repeating: 0, count: EventKind.allCases.count),
  ]
  private var checks = CheckFields()

  // MARK: Events

  mutating func see(_ event: borrowing RecordedEvent) {
    carried[Int(event.kind.rawValue)].rawValue |= event.fields.rawValue
    switch event.kind {
    case .mnInvalidateRangeStart, .mnInvalidateRangeEnd:
      seePointer(.mn, event)
      seePointer(.mm, event)
      seeNumber(.activeInvalidations, event, max: Self.countMax)
      seeNumber(.seq, event, max: Self.sequenceMax)
      if let count = event[.activeInvalidations] {
        hooks.see(count)
        // Its own is counted until the hook acts.
        if count == 0, case .mnInvalidateRangeEnd = event.kind { note(.alwaysZero, .activeInvalidations, event) }
      }
    case .gpcInvalidateStart, .mnInvalidateEndKvm, .setMemoryRegion: seePointer(.kvm, event)
    case .gpcInit, .gpcUnmap:
      seePointer(.gpc, event)
      seePointer(.kvm, event)
    case .gpcActivate, .gpcActivateHva, .gpcDeactivate, .gpcRefresh, .lockedRefresh, .gfnToPfnCacheRefresh, .gpcCheck:
      seePointer(.gpc, event)
      seePointer(.kvm, event)
      seeFlags(event)
      seeGeneration(.generation, event)
      seeGeneration(.slotsGeneration, event)
    case .gpcRetryLoop, .gpcRetryCheck:
      seePointer(.gpc, event)
      seePointer(.kvm, event)
      seeUserAddress(event)
      seePFN(event)
      seeRetry(event)
    case .gpcRefreshDone:
      seePointer(.gpc, event)
      seePointer(.kvm, event)
      seeUserAddress(event)
      seePFN(event)
    case .hvaToPfn: seeUserAddress(event)
    case .bystander, .mnInvalidateRangeStartRet, .kvmUnmapHvaRange, .mnInvalidateRangeEndRet, .gpcActivateRet,
      .gpcActivateHvaRet, .gpcDeactivateRet, .gpcRefreshRet, .lockedRefreshRet, .hvaToPfnRet, .gpcCheckRet,
      .mnInvalidateRange, .mnChangePte, .setMemoryRegionRet, .lostEvents:
      break
    }
  }

  /// An invalidation in flight is a task: PID_MAX_LIMIT.
  private static let countMax: UInt64 = 1 << 22
  /// 35 years of 1,000 a second.
  private static let sequenceMax: UInt64 = 1 << 40

  private mutating func note(_ sign: ImplausibleField.Sign, _ field: EventField, _ event: borrowing RecordedEvent) {
    note(sign, field, event.kind, event.id)
  }

  private mutating func note(_ sign: ImplausibleField.Sign, _ field: EventField, _ kind: EventKind, _ event: EventID) {
    shown[Self.key(kind, field), default: Shown(sign: sign, first: event)].count += 1
  }

  private static func key(_ kind: EventKind, _ field: EventField) -> Int {
    Int(kind.rawValue) * EventField.allCases.count + field.rawValue
  }

  private mutating func seePointer(_ field: EventField, _ event: borrowing RecordedEvent) {
    guard let value = event[field] else { return }
    // `struct kvm` has pages of its own; the others are aligned as a pointer is.
    let isAligned = value & (field == .kvm ? pageSize - 1 : 7) == 0
    if value >> 63 == 1 && isAligned {
      if field == .kvm { hasKVMOnPage = true }
      hasKernelAddress = true
    } else {
      note(.noKernelAddress, field, event)
    }
  }

  private mutating func seeNumber(_ field: EventField, _ event: borrowing RecordedEvent, max: UInt64) {
    if let value = event[field], value > max { note(.outOfRange, field, event) }
  }

  private mutating func seeGeneration(_ field: EventField, _ event: borrowing RecordedEvent) {
    if let value = event[field], value & ~MemslotTable.updateInProgress > Self.sequenceMax {
      note(.outOfRange, field, event)
    }
  }

  /// No address of the kernel half is ever looked up.
  private mutating func seeUserAddress(_ event: borrowing RecordedEvent) {
    if let value = event[.uhva], value >> 56 != 0 { note(.outOfRange, .uhva, event) }
  }

  /// x86 has 40 bits of page frame numbers; error values carry `KVM_PFN_ERR_MASK` or are `KVM_PFN_NOSLOT`.
  private mutating func seePFN(_ event: borrowing RecordedEvent) {
    guard let value = event[.pfn] else { return }
    if value >> 40 != 0 && value >> 52 != 0x7ff && value != 1 << 63 { note(.outOfRange, .pfn, event) }
  }

  /// The reader leaves out what is neither 0 nor 1.
  private mutating func seeFlags(_ event: borrowing RecordedEvent) {
    let kind = Int(event.kind.rawValue)
    events[kind] += 1
    if event.fields.contains(.active) { flags[.active]?[kind] += 1 }
    if event.fields.contains(.valid) { flags[.valid]?[kind] += 1 }
  }

  private mutating func seeRetry(_ event: borrowing RecordedEvent) {
    seeNumber(.activeInvalidations, event, max: Self.countMax)
    seeNumber(.seq, event, max: Self.sequenceMax)
    seeNumber(.mmuSeq, event, max: Self.sequenceMax)
    if let count = event[.activeInvalidations] { retryCounts.see(count) }
    guard let seq = event[.seq] else { return }
    retrySeqs.see(seq)
    guard let snapshot = event[.mmuSeq] else { return }
    snapshots.see(snapshot)
    // The probe reads it after the kernel took the snapshot, and it only grows.
    if seq < snapshot {
      note(.belowSnapshot, .seq, event)
      note(.belowSnapshot, .mmuSeq, event)
    }
  }

  // MARK: What the replay knows

  /// A check has answered.
  /// - Parameter isSteady: no memslot changed meanwhile.
  mutating func see(_ check: CheckState, answer: Bool, isSteady: Bool) {
    checks.see(check, answer: answer, isSteady: isSteady)
  }

  /// The counts of the retry probes have never been anything but 0.
  var hasOnlyZeroRetryCounts: Bool { retryCounts.max == 0 }

  // MARK: The end

  /// The fields that show a sign, by kind and field, with those that are read from the same place.
  /// - Parameter zeroCounts: retry tests whose probe read 0 with an invalidation surely in flight.
  func implausible(zeroCounts: [EventID]) -> [ImplausibleField] {
    var found: [Int: ImplausibleField] = [:]
    func add(_ kind: EventKind, _ field: EventField, _ sign: ImplausibleField.Sign, _ count: Int64, _ first: EventID?) {
      let key = Self.key(kind, field)
      guard found[key].map({ $0.sign == .sameOffset }) ?? true else { return }
      found[key] = ImplausibleField(kind: kind, field: field, sign: sign, count: count, firstEvent: first)
    }
    for kind in EventKind.allCases {
      for field in EventField.allCases {
        guard let shown = shown[Self.key(kind, field)], isMeant(shown.sign, field) else { continue }
        add(kind, field, shown.sign, shown.count, shown.first)
      }
    }
    for field in [EventField.active, .valid] {
      for (index, count) in (flags[field] ?? []).enumerated() where count > 0 && events[index] - count >= 2 {
        let kind = EventKind.allCases[index]
        // A line or two may be damaged.
        if (events[index] - count) * 8 >= events[index] { add(kind, field, .outOfRange, events[index] - count, nil) }
      }
    }
    for (field, count, first) in checks.ruledOut() { add(.gpcCheck, field, .besideAnswer, count, first) }
    if let first = zeroCounts.first {
      add(.gpcRetryCheck, .activeInvalidations, .alwaysZero, Int64(zeroCounts.count), first)
    }
    for group in Self.groups {
      guard group.kinds.contains(where: { found[Self.key($0, group.field)] != nil }) else { continue }
      for kind in group.kinds
      where found[Self.key(kind, group.field)] == nil && carried[Int(kind.rawValue)].contains(group.field) {
        add(kind, group.field, .sameOffset, 0, nil)
      }
    }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }

  private func isMeant(_ sign: ImplausibleField.Sign, _ field: EventField) -> Bool {
    switch (sign, field) {
    case (.noKernelAddress, .kvm): hasKVMOnPage
    case (.noKernelAddress, _): hasKernelAddress
    // Of the two, the one that stands still; if both move, none is trusted.
    case (.belowSnapshot, .seq): retrySeqs.isConstant || !snapshots.isConstant
    case (.belowSnapshot, _): !retrySeqs.isConstant
    case _: true
    }
  }

  private static let cacheProbes: [EventKind] = [
    .gpcActivate, .gpcActivateHva, .gpcDeactivate, .gpcRefresh, .lockedRefresh, .gfnToPfnCacheRefresh, .gpcCheck,
  ]

  /// What is read by one offset: a member of `struct gfn_to_pfn_cache`, or of `struct kvm` from the same pointer.
  private static let groups: [(field: EventField, kinds: [EventKind])] = [
    (.active, cacheProbes), (.valid, cacheProbes), (.generation, cacheProbes), (.slotsGeneration, cacheProbes),
    (.activeInvalidations, [.mnInvalidateRangeStart, .mnInvalidateRangeEnd]),
    (.seq, [.mnInvalidateRangeStart, .mnInvalidateRangeEnd]),
    (.activeInvalidations, [.gpcRetryLoop, .gpcRetryCheck]), (.seq, [.gpcRetryLoop, .gpcRetryCheck]),
  ]
}

/// The values that a field has had.
private struct FieldRange {
  private(set) var min = UInt64.max
  private(set) var max: UInt64?

  var isConstant: Bool { min == max }

  @inline(__always)
  mutating func see(_ value: UInt64) {
    if value < min { min = value }
    if value > max ?? 0 || max == nil { max = value }
  }
}

/// What `kvm_gpc_check()`'s probe read, held against the answers.
private struct CheckFields {
  private struct Field {
    var ruledOut: Int64 = 0
    var first: EventID?

    mutating func ruleOut(_ event: EventID) {
      ruledOut += 1
      first = first ?? event
    }
  }

  /// Beside yes.
  private var active = Field()
  private var valid = Field()
  private var generation = Field()
  private var slotsGeneration = Field()
  private var unequalGenerations = Field()
  private var equalGenerations = false
  private var hasBeenActive = false
  /// Beside no, with all that is tested fulfilled.
  private var validBesideNo = Field()
  private var hasBeenInvalid = false

  mutating func see(_ check: CheckState, answer: Bool, isSteady: Bool) {
    let tested = check.conditions
    if tested.active == true { hasBeenActive = true }
    if check.recordedValid == false { hasBeenInvalid = true }
    if answer {
      if tested.active == false { active.ruleOut(check.entry.id) }
      if check.recordedValid == false { valid.ruleOut(check.entry.id) }
      if tested.isGPABased { seeGenerations(check, isSteady) }
    } else if check.recordedValid == true && tested.hold == true && isSteady {
      validBesideNo.ruleOut(check.entry.id)
    }
  }

  /// The first memslot moves the generation away from 0, and no guest address is valid before.
  private mutating func seeGenerations(_ check: CheckState, _ isSteady: Bool) {
    let (own, slots) = (check.conditions.generation, check.conditions.slotsGeneration)
    if own == 0 { generation.ruleOut(check.entry.id) }
    if slots == 0 { slotsGeneration.ruleOut(check.entry.id) }
    guard let own, let slots else { return }
    if own == slots {
      equalGenerations = true
    } else if isSteady {
      unequalGenerations.ruleOut(check.entry.id)
    }
  }

  func ruledOut() -> [(EventField, Int64, EventID?)] {
    var found: [(EventField, Int64, EventID?)] = []
    func add(_ field: EventField, _ shown: Field) {
      if shown.ruledOut > 0 { found.append((field, shown.ruledOut, shown.first)) }
    }
    // Up to v6.0.7 `active` was not tested: only where it is never set is it another field.
    if !hasBeenActive { add(.active, active) }
    add(.valid, valid)
    if !hasBeenInvalid { add(.valid, validBesideNo) }
    add(.generation, generation)
    add(.slotsGeneration, slotsGeneration)
    // Of two that differ, the one that cannot be.
    if !equalGenerations && generation.ruledOut == 0 && slotsGeneration.ruledOut == 0 {
      add(.generation, unequalGenerations)
      add(.slotsGeneration, unequalGenerations)
    }
    return found
  }
}

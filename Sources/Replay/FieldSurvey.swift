// Looks for fields that cannot be what their names say: the probes' definitions were made for another kernel.

import KVMEvents
import Operations
import Results

/// Reads a recording's events along with the replay, and knows at the end which fields show a sign (evidence, rule 20).
/// Verdicts reached with them are then reached again without them.
struct FieldSurvey {
  /// What the events of one kind have shown.
  private struct Kind {
    var events: Int64 = 0
    /// How many carry it: the reader drops values other than 0 and 1.
    var active: Int64 = 0
    var valid: Int64 = 0
    var carried = EventFieldSet(rawValue: 0)
  }

  /// What one field of one kind of event has shown.
  private struct Shown {
    var sign: ImplausibleField.Sign
    var count: Int64 = 0
    var first: EventID
  }

  private var kinds = Array(repeating: Kind(), count: EventKind.allCases.count)
  private var shown: [Int: Shown] = [:]
  /// Pointers outside the kernel half are hashed ones only if all are.
  private var hasKernelAddress = false
  private var hasKVMOnPage = false
  /// The counts of the retry probes have always been 0.
  private(set) var hasOnlyZeroRetryCounts = true
  private var retrySeqs = FieldRange()
  private var snapshots = FieldRange()
  private var checks = CheckFields()

  // MARK: Events

  /// A definition that reads another offset does so every time: the first events of a kind show it.
  private static let lookedAtMax: Int64 = 4096

  mutating func see(_ event: borrowing RecordedEvent) {
    let kind = Int(event.kind.rawValue)
    switch event.kind {
    // These are compared with each other, and one correct value is enough.
    case .gpcRetryLoop, .gpcRetryCheck: seeRetry(event)
    case _: if kinds[kind].events >= Self.lookedAtMax { return }
    }
    kinds[kind].events += 1
    kinds[kind].carried.formUnion(event.fields)
    if kinds[kind].events <= Self.lookedAtMax { look(at: event) }
  }

  private mutating func look(at event: borrowing RecordedEvent) {
    switch event.kind {
    case .mnInvalidateRangeStart, .mnInvalidateRangeEnd:
      seePointer(.mn, event)
      seePointer(.mm, event)
      seeNumber(.activeInvalidations, event, max: Self.countMax)
      seeNumber(.seq, event, max: Self.sequenceMax)
      // Its own is counted until the hook acts.
      if case .mnInvalidateRangeEnd = event.kind, event[.activeInvalidations] == 0 {
        note(.alwaysZero, .activeInvalidations, event)
      }
    case .gpcInvalidateStart, .mnInvalidateEndKvm, .setMemoryRegion: seePointer(.kvm, event)
    case .gpcInit, .gpcUnmap:
      seePointer(.gpc, event)
      seePointer(.kvm, event)
    case .gpcActivate, .gpcActivateHva, .gpcDeactivate, .gpcRefresh, .lockedRefresh, .gfnToPfnCacheRefresh, .gpcCheck:
      seePointer(.gpc, event)
      seePointer(.kvm, event)
      if event.fields.contains(.active) { kinds[Int(event.kind.rawValue)].active += 1 }
      if event.fields.contains(.valid) { kinds[Int(event.kind.rawValue)].valid += 1 }
      seeGeneration(.generation, event)
      seeGeneration(.slotsGeneration, event)
    case .gpcRetryLoop, .gpcRetryCheck:
      seePointer(.gpc, event)
      seePointer(.kvm, event)
      seeAddress(event)
      seePFN(event)
      seeNumber(.activeInvalidations, event, max: Self.countMax)
      seeNumber(.seq, event, max: Self.sequenceMax)
      seeNumber(.mmuSeq, event, max: Self.sequenceMax)
    case .gpcRefreshDone:
      seePointer(.gpc, event)
      seePointer(.kvm, event)
      seeAddress(event)
      seePFN(event)
    case .hvaToPfn: seeAddress(event)
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
    let id = event.id
    shown[Self.key(event.kind, field), default: Shown(sign: sign, first: id)].count += 1
  }

  private static func key(_ kind: EventKind, _ field: EventField) -> Int {
    Int(kind.rawValue) * EventField.allCases.count + field.rawValue
  }

  private mutating func seePointer(_ field: EventField, _ event: borrowing RecordedEvent) {
    guard let value = event[field] else { return }
    // `struct kvm` has its own pages; the others are aligned as a pointer is.
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

  /// Of user space, or an error value: a page of the kernel half (`KVM_HVA_ERR_BAD`).
  private mutating func seeAddress(_ event: borrowing RecordedEvent) {
    guard let value = event[.uhva] else { return }
    let isErrorValue = value >> 56 == 0xff && value & (pageSize - 1) == 0
    if value >> 56 != 0 && !isErrorValue { note(.outOfRange, .uhva, event) }
  }

  /// x86 has 40 bits of page frame numbers; error values carry `KVM_PFN_ERR_MASK` or are `KVM_PFN_NOSLOT`.
  private mutating func seePFN(_ event: borrowing RecordedEvent) {
    guard let value = event[.pfn] else { return }
    if value >> 40 != 0 && value >> 52 != 0x7ff && value != 1 << 63 { note(.outOfRange, .pfn, event) }
  }

  private mutating func seeRetry(_ event: borrowing RecordedEvent) {
    if let count = event[.activeInvalidations], count != 0 { hasOnlyZeroRetryCounts = false }
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

  /// The hooks show their notifiers.
  var hasNotifiers: Bool { kinds[Int(EventKind.mnInvalidateRangeStart.rawValue)].carried.contains(.mn) }

  // MARK: The end

  /// The fields that show a sign, by kind and field, with those that are read at the same offset.
  /// - Parameter zeroCounts: retry tests whose probe read 0 with an invalidation certainly in flight.
  func implausible(zeroCounts: [EventID]) -> [ImplausibleField] {
    var found: [Int: ImplausibleField] = [:]
    func add(_ kind: EventKind, _ field: EventField, _ sign: ImplausibleField.Sign, _ count: Int64, _ first: EventID?) {
      found[Self.key(kind, field)] =
        found[Self.key(kind, field)]
        ?? ImplausibleField(kind: kind, field: field, sign: sign, count: count, firstEvent: first)
    }
    for kind in EventKind.allCases {
      let seen = kinds[Int(kind.rawValue)]
      let lookedAt = min(seen.events, Self.lookedAtMax)
      for field in EventField.allCases {
        guard let shown = shown[Self.key(kind, field)], isMeant(shown.sign, field),
          shown.sign == .belowSnapshot || Self.isNoDamage(shown.count, of: lookedAt)
        else { continue }
        add(kind, field, shown.sign, shown.count, shown.first)
      }
      for (field, count) in [(EventField.active, seen.active), (.valid, seen.valid)]
      where count > 0 && Self.isNoDamage(lookedAt - count, of: lookedAt) {
        add(kind, field, .outOfRange, lookedAt - count, nil)
      }
    }
    for (field, count, first) in checks.ruledOut() { add(.gpcCheck, field, .besideAnswer, count, first) }
    if let first = zeroCounts.first {
      add(.gpcRetryCheck, .activeInvalidations, .alwaysZero, Int64(zeroCounts.count), first)
    }
    for group in Self.groups {
      guard group.kinds.contains(where: { found[Self.key($0, group.field)] != nil }) else { continue }
      for kind in group.kinds where kinds[Int(kind.rawValue)].carried.contains(group.field) {
        add(kind, group.field, .sameOffset, 0, nil)
      }
    }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }

  /// A line or two of a recording may be damaged; a definition is wrong every time it is used.
  private static func isNoDamage(_ count: Int64, of lookedAt: Int64) -> Bool { count >= 2 && count * 8 >= lookedAt }

  private func isMeant(_ sign: ImplausibleField.Sign, _ field: EventField) -> Bool {
    switch (sign, field) {
    case (.noKernelAddress, .kvm): hasKVMOnPage
    case (.noKernelAddress, _): hasKernelAddress
    // Of the two, the one that does not move; if both move, neither is trusted.
    case (.belowSnapshot, .seq): retrySeqs.isConstant || !snapshots.isConstant
    case (.belowSnapshot, _): !retrySeqs.isConstant
    case _: true
    }
  }

  private static let cacheProbes: [EventKind] = [
    .gpcActivate, .gpcActivateHva, .gpcDeactivate, .gpcRefresh, .lockedRefresh, .gfnToPfnCacheRefresh, .gpcCheck,
  ]

  /// The fields read at one offset: a member of `struct gfn_to_pfn_cache`, or of `struct kvm` from the same pointer.
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

/// What `kvm_gpc_check()`'s probe read, compared with the answers.
private struct CheckFields {
  private struct Field {
    var ruledOut: Int64 = 0
    var first: EventID?

    mutating func ruleOut(_ event: EventID) {
      ruledOut += 1
      first = first ?? event
    }
  }

  /// With answer yes.
  private var active = Field()
  private var valid = Field()
  private var generation = Field()
  private var slotsGeneration = Field()
  private var unequalGenerations = Field()
  private var equalGenerations = false
  private var hasBeenActive = false
  /// With answer no, and all that is tested fulfilled.
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
    // Up to v6.0.7 `active` was not tested: only if it is never set is it another field.
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

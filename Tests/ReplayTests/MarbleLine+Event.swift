// What each marble stands for: the event, with the fields that the kernel's probe records.

import KVMEvents

extension MarbleLine {
  /// i init, a A activate, q Q refresh request, ( ) refresh (E: -EINVAL, F: -EFAULT), o loop top, h H lookup (X: it
  /// fails), t test (T: seq has moved), v done (V: over an error pfn), c check (G: generation stale, I: inactive, L:
  /// beyond the page; P: other gpa), y n its answer, z Z deactivate, s w r start hook, walk, its return, e k d end
  /// hook, inside, its return, m M memslot set (D: deleted, U: set to another place), b other, x loss. The digit:
  /// another pfn (H), the recorded count (s e o t), `valid` (c and its kin), `-ret` (M), the number lost (x).
  func event(_ marble: Marble, kernel: Kernel) -> RecordedEvent {
    var event = RecordedEvent()
    event.kind = Self.kind(marble.letter, kernel)
    switch marble.letter {
    case "i": setCache(&event, namesVM: kernel == .linux612)
    case "a": setRequest(&event)
    case "q", "(": setRefresh(&event, kernel)
    case ")", "A", "Q", "r": event.set(.ret, 0)
    case "E": event.set(.ret, UInt64(bitPattern: -22))
    case "F": event.set(.ret, UInt64(bitPattern: -14))
    case "o", "t", "T", "v", "V": setRound(&event, marble, kernel)
    case "h": event.set(.uhva, TestMemory.uhva(cache).rawValue)
    case "H": event.set(.pfn, TestMemory.pfn + (marble.digit ?? 0))
    case "X": event.set(.pfn, TestMemory.errorPFN)
    case "c", "G", "I", "L", "P": setCheck(&event, marble, kernel)
    case "y": event.set(.ret, 1)
    case "n": event.set(.ret, 0)
    case "z": setCache(&event, namesVM: true)
    case "s", "e": setHook(&event, marble)
    case "w", "k": setWalk(&event)
    case "m", "D", "U": setMemslot(&event, marble.letter)
    case "x": if let count = marble.digit { event.set(.len, count) }
    case "M": event.set(.ret, UInt64(bitPattern: -Int64(marble.digit ?? 0)))
    default: break
    }
    return event
  }

  private static func kind(_ letter: Character, _ kernel: Kernel) -> EventKind {
    switch letter {
    case "i": .gpcInit
    case "a": .gpcActivate
    case "A": .gpcActivateRet
    case "q": .gpcRefresh
    case "Q": .gpcRefreshRet
    case "(": kernel == .linux61 ? .gfnToPfnCacheRefresh : .lockedRefresh
    case ")", "E", "F": kernel == .linux61 ? .gpcRefreshRet : .lockedRefreshRet
    case "o": .gpcRetryLoop
    case "h": .hvaToPfn
    case "H", "X": .hvaToPfnRet
    case "t", "T": .gpcRetryCheck
    case "v", "V": .gpcRefreshDone
    case "c", "G", "I", "L", "P": .gpcCheck
    case "y", "n": .gpcCheckRet
    case "z": .gpcDeactivate
    case "Z": .gpcDeactivateRet
    case "s": .mnInvalidateRangeStart
    case "w": .gpcInvalidateStart
    case "r": .mnInvalidateRangeStartRet
    case "e": .mnInvalidateRangeEnd
    case "k": .mnInvalidateEndKvm
    case "d": .mnInvalidateRangeEndRet
    case "m", "D", "U": .setMemoryRegion
    case "M": .setMemoryRegionRet
    case "b": .bystander
    case "x": .lostEvents
    default: preconditionFailure("no marble \(letter)")
    }
  }

  private func setCache(_ event: inout RecordedEvent, namesVM: Bool) {
    event.set(.gpc, TestMemory.gpc(vm, cache).rawValue)
    if namesVM { event.set(.kvm, TestMemory.kvm(vm).rawValue) }
  }

  private func setRequest(_ event: inout RecordedEvent) {
    setCache(&event, namesVM: true)
    if cache == 3 {
      event.kind = .gpcActivateHva
      event.set(.uhva, TestMemory.uhva(cache).rawValue)
    } else {
      event.set(.gpa, TestMemory.gpa(cache).rawValue)
    }
    event.set(.len, 64)
  }

  private func setRefresh(_ event: inout RecordedEvent, _ kernel: Kernel) {
    setCache(&event, namesVM: true)
    event.set(.gpa, TestMemory.gpa(cache).rawValue)
    if event.kind != .gpcRefresh {
      event.set(.oldGpa, TestMemory.gpa(cache).rawValue)
      event.set(.oldUhva, TestMemory.uhva(cache).rawValue)
      event.set(.active, 1)
    }
    event.set(.generation, 2)
    event.set(.slotsGeneration, 2)
  }

  private func setRound(_ event: inout RecordedEvent, _ marble: Marble, _ kernel: Kernel) {
    setCache(&event, namesVM: true)
    event.set(.uhva, TestMemory.uhva(cache).rawValue)
    if let count = marble.digit {
      // A probe that reads the count reads seq as well; in the drawings it has not moved.
      event.set(.activeInvalidations, count)
      event.set(.seq, 0)
    }
    if marble.letter == "T" {
      event.set(.activeInvalidations, 0)
      event.set(.seq, 1)
    }
    if "tT".contains(marble.letter) || (marble.letter == "o" && kernel == .linux61) { event.set(.mmuSeq, 0) }
    if marble.letter != "o" { event.set(.pfn, marble.letter == "V" ? TestMemory.errorPFN : TestMemory.pfn) }
  }

  private func setCheck(_ event: inout RecordedEvent, _ marble: Marble, _ kernel: Kernel) {
    setCache(&event, namesVM: true)
    event.set(.gpa, TestMemory.gpa(cache).rawValue)
    if kernel == .linux61 { event.set(.oldGpa, TestMemory.gpa(marble.letter == "P" ? cache + 1 : cache).rawValue) }
    event.set(.uhva, TestMemory.uhva(cache).rawValue)
    event.set(.len, marble.letter == "L" ? 4097 : 64)
    event.set(.generation, marble.letter == "G" ? 1 : 2)
    event.set(.slotsGeneration, 2)
    event.set(.active, marble.letter == "I" ? 0 : 1)
    if let valid = marble.digit { event.set(.valid, valid) }
  }

  private func setHook(_ event: inout RecordedEvent, _ marble: Marble) {
    event.set(.mn, TestMemory.mn(vm).rawValue)
    event.set(.mm, 0xff28_0000_0000_0b00)
    event.set(.mnEvent, kind)
    setRange(&event)
    if let count = marble.digit { event.set(.activeInvalidations, count) }
  }

  private func setWalk(_ event: inout RecordedEvent) {
    event.set(.kvm, TestMemory.kvm(vm).rawValue)
    setRange(&event)
  }

  private func setRange(_ event: inout RecordedEvent) {
    guard let range else { preconditionFailure("\(thread) has no range") }
    event.set(.start, range.start.rawValue)
    event.set(.end, range.end.rawValue)
  }

  private func setMemslot(_ event: inout RecordedEvent, _ letter: Character) {
    event.set(.kvm, TestMemory.kvm(vm).rawValue)
    event.set(.slot, 0)
    event.set(.gpa, 0)
    let place = letter == "U" ? 0x7c00_0000_0000 : TestMemory.slot.start.rawValue
    event.set(.uhva, place)
    event.set(.len, letter == "D" ? 0 : TestMemory.slot.end.rawValue - TestMemory.slot.start.rawValue)
  }
}

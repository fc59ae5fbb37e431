// The addresses and pointers that the drawn recordings use.

import KVMEvents

/// One VM per number, all in one mm; the same addresses in each.
enum TestMemory {
  static let slot = HVARange(start: UHVA(rawValue: 0x7f00_0000_0000), end: UHVA(rawValue: 0x7f00_0080_0000))

  static func kvm(_ vm: Int) -> KVMPointer { KVMPointer(rawValue: 0xff10_0000_0000_0000 + UInt64(vm) << 20) }
  static func mn(_ vm: Int) -> NotifierPointer { NotifierPointer(rawValue: kvm(vm).rawValue + 0x9a88) }
  static func gpc(_ vm: Int, _ cache: Int) -> GPCPointer {
    // Cache 1 is the shared info's, a member of `struct kvm`.
    GPCPointer(rawValue: kvm(vm).rawValue + (cache == 1 ? 0x9668 : 0x4_0000 + UInt64(cache) << 8))
  }

  /// Cache 3 is hva-based, over memory that no memslot covers; the others lie in the memslot.
  static func gpa(_ cache: Int) -> GPA { cache == 3 ? .invalid : GPA(rawValue: UInt64(cache) << 16) }
  static func uhva(_ cache: Int) -> UHVA {
    cache == 3 ? UHVA(rawValue: 0x7d00_0000_0040) : UHVA(rawValue: slot.start.rawValue + UInt64(cache) << 16)
  }

  static let errorUHVA = UHVA(rawValue: 0xff28_c2e5_c000_0000)
  static let errorPFN: UInt64 = 0x7ff0_0000_0000_0000
  static let pfn: UInt64 = 0x10_6703

  /// The ranges that a line of a drawing can name.
  static func range(_ word: Substring, cache: Int) -> HVARange? {
    let page = uhva(cache).page.rawValue
    switch word {
    case "own": return range(page, pages: 1)
    case "next": return range(page + pageSize, pages: 1)
    case "former": return range(page - pageSize, pages: 1)
    // One aligned huge page, and two.
    case "huge": return range(page & ~(512 * pageSize - 1), pages: 512)
    case "huge2": return range(page & ~(512 * pageSize - 1), pages: 1024)
    case "wide": return range(page - 8 * pageSize, pages: 16)
    case "far": return range(slot.start.rawValue + 0x40_0000, pages: 16)
    case "far2": return range(slot.start.rawValue + 0x60_0000, pages: 16)
    case "outside": return range(0x7e00_0000_0000, pages: 16)
    case "outside2": return range(0x7e00_1000_0000, pages: 16)
    default: return nil
    }
  }

  private static func range(_ start: UInt64, pages: UInt64) -> HVARange {
    HVARange(start: UHVA(rawValue: start), end: UHVA(rawValue: start + pages * pageSize))
  }
}

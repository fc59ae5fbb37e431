// An address space: the page at each address.

import KVMEvents

final class SimulatedMM {
  let pointer: MMPointer
  private var pages: [UInt64: PFN] = [:]
  private var freed: [UInt64: PFN] = [:]
  private var next: UInt64 = 0x105_832

  init(pointer: MMPointer) { self.pointer = pointer }

  /// What a lookup finds, faulting it in if needed. A freed page comes back as the same pfn if `isSame` was set for it.
  func pfn(at uhva: UHVA) -> PFN {
    let page = uhva.page.rawValue
    if let pfn = pages[page] { return pfn }
    next += 1
    let pfn = freed.removeValue(forKey: page) ?? PFN(rawValue: next)
    pages[page] = pfn
    return pfn
  }

  /// - Parameter comeBack: the freed pages are the next ones allocated.
  func free(_ range: HVARange, comeBack: Bool) {
    for (page, pfn) in pages where range.contains(UHVA(rawValue: page)) {
      pages[page] = nil
      freed[page] = comeBack ? pfn : nil
    }
  }
}

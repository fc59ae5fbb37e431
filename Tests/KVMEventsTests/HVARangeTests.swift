// Ranges are half-open, as the kernel's.

import KVMEvents
import Testing

@Suite struct HVARangeTests {
  private func range(_ start: UInt64, _ end: UInt64) -> HVARange {
    HVARange(start: UHVA(rawValue: start), end: UHVA(rawValue: end))
  }

  @Test(arguments: [(0x0fff, false), (0x1000, true), (0x1fff, true), (0x2000, false)] as [(UInt64, Bool)])
  func containsItsStartAndNotItsEnd(address: UInt64, inside: Bool) {
    #expect(range(0x1000, 0x2000).contains(UHVA(rawValue: address)) == inside)
  }

  @Test func neighboursDoNotOverlap() {
    #expect(!range(0x1000, 0x2000).overlaps(range(0x2000, 0x3000)))
    #expect(range(0x1000, 0x2001).overlaps(range(0x2000, 0x3000)))
  }

  @Test func emptyRangeContainsNothing() {
    #expect(!range(0x1000, 0x1000).contains(UHVA(rawValue: 0x1000)))
  }
}

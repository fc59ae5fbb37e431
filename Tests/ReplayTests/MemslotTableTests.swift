// Which ranges meet a memslot, and when that is not known.

import KVMEvents
import Testing

@testable import Replay

@Suite struct MemslotTableTests {
  private static let base: UInt64 = 0x10_0000

  private func slot(_ number: UInt32, at start: UInt64 = base, pages: UInt64 = 4, setBy event: EventID = 1) -> Memslot {
    Memslot(
      vm: 1, slot: number, gpa: GPA(rawValue: 0), size: pages * pageSize, uhva: UHVA(rawValue: start), flags: 0,
      setEvent: event, endEvent: nil)
  }

  private func range(_ start: UInt64, _ end: UInt64) -> HVARange {
    HVARange(start: UHVA(rawValue: start), end: UHVA(rawValue: end))
  }

  private func table(_ slots: Memslot...) -> MemslotTable {
    var table = MemslotTable()
    for slot in slots {
      table.begin(thread: 0, slot: slot.slot, wanted: slot)
      _ = table.finish(thread: 0, ret: 0, at: slot.setEvent)
    }
    return table
  }

  // The slot covers [0x100000, 0x104000); both are half-open.
  @Test(
    arguments: [
      (0xf_f000, 0x10_0000, false), (0xf_f000, 0x10_0001, true), (0x10_3fff, 0x10_8000, true),
      (0x10_4000, 0x10_8000, false), (0x10_1000, 0x10_2000, true), (0, 0x20_0000, true),
    ] as [(UInt64, UInt64, Bool)])
  func hits(start: UInt64, end: UInt64, expected: Bool) {
    #expect(table(slot(0)).hits(range(start, end)) == expected)
  }

  @Test func aMissIsUnknownWhereSlotsMayBeMissing() {
    var table = table(slot(0))
    table.isComplete = false
    #expect(table.hits(range(0x10_0000, 0x10_1000)) == true)
    #expect(table.hits(range(0x20_0000, 0x20_1000)) == nil)
  }

  @Test func movedSlotEndsItsRow() {
    var table = table(slot(0))
    table.begin(thread: 3, slot: 0, wanted: slot(0, at: 0x20_0000, setBy: 7))
    // Under way: where old and new answer differently nothing is known.
    #expect(table.hits(range(0x10_0000, 0x10_1000)) == nil)
    #expect(table.hits(range(0x20_0000, 0x20_1000)) == nil)
    #expect(table.hits(range(0x30_0000, 0x30_1000)) == false)
    let ended = table.finish(thread: 3, ret: 0, at: 8)
    #expect(ended?.setEvent == 1)
    #expect(ended?.endEvent == 8)
    #expect(table.hits(range(0x10_0000, 0x10_1000)) == false)
    #expect(table.hits(range(0x20_0000, 0x20_1000)) == true)
    #expect(table.remaining.map(\.setEvent) == [7])
  }

  @Test func failedChangeIsNone() {
    var table = table(slot(0))
    table.begin(thread: 3, slot: 0, wanted: nil)
    #expect(table.hits(range(0x10_0000, 0x10_1000)) == nil)
    #expect(table.finish(thread: 3, ret: -17, at: 8) == nil)
    #expect(table.hits(range(0x10_0000, 0x10_1000)) == true)
  }

  @Test func deletedSlotIsGone() {
    var table = table(slot(0), slot(1, at: 0x20_0000))
    table.begin(thread: 3, slot: 0, wanted: nil)
    #expect(table.finish(thread: 3, ret: 0, at: 8)?.slot == 0)
    #expect(table.hits(range(0x10_0000, 0x10_1000)) == false)
    #expect(table.remaining.map(\.slot) == [1])
  }

  // Generations grow with each change: the same one behind a gap shows that none was in it, another one that there was.
  @Test func sameGenerationEndsADoubt() {
    var table = table(slot(0))
    table.see(generation: 2)
    table.doubt()
    #expect(table.hits(range(0x10_0000, 0x10_1000)) == nil)
    table.see(generation: 2)
    #expect(table.hits(range(0x10_0000, 0x10_1000)) == true)
    table.doubt()
    table.see(generation: 4)
    table.see(generation: 4)
    #expect(table.hits(range(0x10_0000, 0x10_1000)) == nil)
  }

  // setter : m ---------------- M=0    (the call sleeps until no invalidation is in flight; the deletion comes near its end)
  // gap    :      x
  // check  :         gen 2              the generation is still the old one: no change in the gap, yet one is under way
  // The return shows the deletion done: the slot is gone, and while it is under way nothing is known.
  @Test func changeUnderWayOutlastsAGap() {
    var table = table(slot(0))
    table.see(generation: 2)
    table.begin(thread: 3, slot: 0, wanted: nil)
    table.doubt()
    table.see(generation: 2)
    #expect(table.hits(range(0x10_0000, 0x10_1000)) == nil)
    _ = table.finish(thread: 3, ret: 0, at: 8)
    #expect(table.hits(range(0x10_0000, 0x10_1000)) != true)
    #expect(table.remaining.isEmpty)
  }
}

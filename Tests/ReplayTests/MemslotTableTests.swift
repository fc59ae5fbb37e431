// Which ranges meet a memslot, and when that is not known.

import KVMEvents
import Results
import Testing

@testable import Operations

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

  /// Of a VM whose creation is in the recording.
  private func table(_ slots: Memslot...) -> MemslotTable {
    var table = MemslotTable()
    table.begin()
    set(slots, in: &table)
    return table
  }

  private func set(_ slots: [Memslot], in table: inout MemslotTable) {
    for slot in slots {
      table.begin(thread: 0, slot: slot.slot, wanted: slot)
      _ = table.finish(thread: 0, ret: 0, at: moment(slot.setEvent))
    }
  }

  /// One CPU, 100 ns an event.
  private func moment(_ event: EventID, cpu: Int32 = 0) -> Moment {
    Moment(id: event, time: event * 100, cpu: cpu, thread: cpu)
  }

  private func hits(
    _ table: MemslotTable, _ start: UInt64, _ end: UInt64, since: EventID = 90, cpu: Int32 = 0, deltaNs: Int64 = 0
  ) -> Bool? {
    var table = table
    return table.hits(
      range(start, end), since: moment(since, cpu: cpu), MomentOrder(deltaNs: deltaNs), areAllProbed: true)
  }

  // The slot covers [0x100000, 0x104000); both are half-open.
  @Test(
    arguments: [
      (0xf_f000, 0x10_0000, false), (0xf_f000, 0x10_0001, true), (0x10_3fff, 0x10_8000, true),
      (0x10_4000, 0x10_8000, false), (0x10_1000, 0x10_2000, true), (0, 0x20_0000, true),
    ] as [(UInt64, UInt64, Bool)])
  func hits(start: UInt64, end: UInt64, expected: Bool) {
    #expect(hits(table(slot(0)), start, end) == expected)
  }

  @Test func aMissIsUnknownWhereSlotsMayBeMissing() {
    var table = MemslotTable()
    set([slot(0)], in: &table)
    #expect(hits(table, 0x10_0000, 0x10_1000) == true)
    #expect(hits(table, 0x20_0000, 0x20_1000) == nil)
  }

  @Test func movedSlotEndsItsRow() {
    var table = table(slot(0))
    table.begin(thread: 3, slot: 0, wanted: slot(0, at: 0x20_0000, setBy: 7))
    // Under way: where old and new answer differently nothing is known.
    #expect(hits(table, 0x10_0000, 0x10_1000) == nil)
    #expect(hits(table, 0x20_0000, 0x20_1000) == nil)
    #expect(hits(table, 0x30_0000, 0x30_1000) == false)
    let ended = table.finish(thread: 3, ret: 0, at: moment(8))
    #expect(ended?.setEvent == 1)
    #expect(ended?.endEvent == 8)
    #expect(hits(table, 0x10_0000, 0x10_1000) == false)
    #expect(hits(table, 0x20_0000, 0x20_1000) == true)
    #expect(table.remaining.map(\.setEvent) == [7])
  }

  @Test func failedChangeIsNone() {
    var table = table(slot(0))
    table.begin(thread: 3, slot: 0, wanted: nil)
    #expect(hits(table, 0x10_0000, 0x10_1000) == nil)
    #expect(table.finish(thread: 3, ret: -17, at: moment(8)) == nil)
    #expect(hits(table, 0x10_0000, 0x10_1000) == true)
  }

  @Test func deletedSlotIsGone() {
    var table = table(slot(0), slot(1, at: 0x20_0000))
    table.begin(thread: 3, slot: 0, wanted: nil)
    #expect(table.finish(thread: 3, ret: 0, at: moment(8))?.slot == 0)
    #expect(hits(table, 0x10_0000, 0x10_1000) == false)
    #expect(table.remaining.map(\.slot) == [1])
  }

  // An update moves the generation by 2 (two address spaces): the same lead over the updates recorded shows that none
  // is missing.
  @Test func sameGenerationEndsADoubt() {
    var table = table(slot(0))
    #expect(table.see(generation: 2, at: 2) == nil)
    table.doubt()
    #expect(hits(table, 0x10_0000, 0x10_1000) == nil)
    #expect(table.see(generation: 2, at: 3) == nil)
    #expect(hits(table, 0x10_0000, 0x10_1000) == true)
    table.doubt()
    for event in 4...5 as ClosedRange<EventID> { #expect(table.see(generation: 4, at: event) == nil) }
    #expect(hits(table, 0x10_0000, 0x10_1000) == nil)
  }

  // One update is recorded, and the generation says that there was one: nothing is missing, though the VM is older than
  // the recording.
  @Test func generationTellsThatAllIsRecorded() {
    var table = MemslotTable()
    set([slot(0)], in: &table)
    #expect(table.see(generation: 2, at: 2) == nil)
    #expect(hits(table, 0x20_0000, 0x20_1000) == false)
    // Another slot stands from before.
    var older = MemslotTable()
    set([slot(0)], in: &older)
    #expect(older.see(generation: 4, at: 2) == nil)
    #expect(hits(older, 0x20_0000, 0x20_1000) == nil)
    #expect(hits(older, 0x10_0000, 0x10_1000) == true)
  }

  // A slot that is deleted or moved is made invalid first: two sets, the generation moves by 4. (61xen-lifecycle, lines
  // 199 to 800.)
  @Test func deletionMovesTheGenerationTwice() {
    var table = MemslotTable()
    set([slot(0)], in: &table)
    table.begin(thread: 0, slot: 0, wanted: nil)
    _ = table.finish(thread: 0, ret: 0, at: moment(2))
    #expect(table.see(generation: 6, at: 3) == nil)
    #expect(hits(table, 0x10_0000, 0x10_1000) == false)
  }

  // The generation moves where no call is recorded: after a gap one may have been under way. What was said since the
  // last look was said without it.
  @Test func missedChangeIsFound() {
    var table = table(slot(0))
    #expect(table.see(generation: 2, at: 2) == nil)
    table.doubt()
    #expect(table.see(generation: 2, at: 4) == nil)
    #expect(table.see(generation: 4, at: 6) == 4)
    #expect(hits(table, 0x10_0000, 0x10_1000) == nil)
  }

  // setter : m ---------------- M=0    (the call sleeps until no invalidation is in flight; the deletion comes near its
  // end) gap    :      x The return may be another call's, whose entry was dropped.
  @Test func changeUnderWayEndsWithAGap() {
    var table = table(slot(0))
    _ = table.see(generation: 2, at: 2)
    table.begin(thread: 3, slot: 0, wanted: nil)
    table.doubt()
    #expect(hits(table, 0x10_0000, 0x10_1000) == nil)
    #expect(table.finish(thread: 3, ret: 0, at: moment(8)) == nil)
    #expect(hits(table, 0x10_0000, 0x10_1000) == nil)
  }

  // Without the calls' returns it is not known what became of them.
  @Test func changesWithoutReturnsAreNotKnown() {
    var table = table(slot(0))
    table.begin(thread: 3, slot: 0, wanted: nil)
    table.begin(thread: 3, slot: 1, wanted: slot(1, at: 0x20_0000))
    #expect(hits(table, 0x10_0000, 0x10_1000) == nil)
  }

  // setter  : mM                 ends at 800 ns
  // other   :   s                begins at 900 ns by a clock that may be 200 ns off: before or after it
  @Test func clocksThatDiffer() {
    var table = table(slot(0))
    table.begin(thread: 0, slot: 0, wanted: nil)
    _ = table.finish(thread: 0, ret: 0, at: moment(8))
    #expect(hits(table, 0x10_0000, 0x10_1000, since: 9, cpu: 1) == false)
    #expect(hits(table, 0x10_0000, 0x10_1000, since: 9, cpu: 1, deltaNs: 200) == nil)
  }
}

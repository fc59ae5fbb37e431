// A small recording, written down as times, and what the forms make of it.

import Compare
import Forms
import GPCProtocol
import KVMEvents
import Results

/// One window of one VM. Times are nanoseconds; caches stand on pages, page n at n * 4096.
struct Schedule {
  private var operations: [RecordedOperation] = []
  private var eventCount: EventID = 0

  private mutating func moment(_ timeNs: Int64, thread: Int32) -> Moment {
    eventCount += 1
    return Moment(id: eventCount, time: timeNs, cpu: thread, thread: thread)
  }

  static func page(_ number: Int) -> UHVA { UHVA(rawValue: 0x7f00_0000_0000 + UInt64(number) * pageSize) }

  /// An invalidation of one page: its start hook, the walk, the hook's return; the end hook's entry,
  /// `mn_invalidate_end_kvm`, the return.
  /// - Parameters:
  ///   - walksAtEnd: the walk's event comes behind the end hook's entry.
  ///   - hasWalk: the walk has an event.
  mutating func invalidate(
    _ page: Int, _ startNs: Int64, _ walkNs: Int64, _ retNs: Int64, _ endNs: Int64, _ kvmNs: Int64, _ endRetNs: Int64,
    hitsMemslot: Bool = true, walksAtEnd: Bool = false, hasWalk: Bool = true
  ) {
    let thread = Int32(100 + operations.count)
    let begin = moment(startNs, thread: thread)
    let early = walksAtEnd || !hasWalk ? nil : moment(walkNs, thread: thread)
    let startRet = moment(retNs, thread: thread)
    let endEntry = moment(endNs, thread: thread)
    let late = walksAtEnd && hasWalk ? moment(walkNs, thread: thread) : nil
    let kind = RecordedInvalidation(
      range: HVARange(start: Self.page(page), end: Self.page(page + 1)), hitsMemslot: hitsMemslot,
      removesMappings: true, startWalk: early, endWalk: late, startRet: startRet, endEntry: endEntry,
      endKvm: moment(kvmNs, thread: thread), selfLookup: nil)
    add(.invalidate(kind), cache: nil, from: begin, to: endRetNs, thread: thread)
  }

  /// A refresh from `beginNs` on: `loops` are the tops of its rounds. A lookup begins 10 behind its top and takes 20,
  /// the test comes 10 behind it, the last of which accepts; the return 10 behind that.
  mutating func refresh(
    cache: Int32, page: Int, at beginNs: Int64, loops: [Int64], origin: Refresh.Origin = .refresh,
    isGPABased: Bool = true
  ) {
    let begin = moment(beginNs, thread: cache)
    let rounds = loops.map { top in
      RecordedRefresh.Round(
        loop: moment(top, thread: cache), lookup: moment(top + 10, thread: cache),
        lookupRet: moment(top + 30, thread: cache), test: moment(top + 40, thread: cache))
    }
    let kind = RecordedRefresh(
      origin: origin, outcome: loops.isEmpty ? .kept : .mapped, ret: 0, request: nil, isGPABased: isGPABased,
      uhva: Self.page(page), wasValid: false, oldUHVA: Self.page(page), rounds: rounds)
    add(.refresh(kind), cache: cache, from: begin, to: (loops.last.map { $0 + 40 } ?? beginNs) + 10, thread: cache)
  }

  /// A refresh of one round of a kernel that waits: from its loop's top to its lookup (nil: it looks nothing up) or, if
  /// that comes before the wait, to its test. What does not wait takes as long as above.
  /// - Parameter hasLoop: the loop's top has an event.
  mutating func waitingRefresh(
    cache: Int32, page: Int, at beginNs: Int64, lookup lookupNs: Int64?, test testNs: Int64, hasLoop: Bool = true
  ) {
    let begin = moment(beginNs, thread: cache)
    let round = RecordedRefresh.Round(
      loop: hasLoop ? moment(beginNs + 10, thread: cache) : nil,
      lookup: lookupNs.map { moment($0, thread: cache) }, lookupRet: lookupNs.map { moment($0 + 20, thread: cache) },
      test: moment(testNs, thread: cache))
    let kind = RecordedRefresh(
      origin: .refresh, outcome: .mapped, ret: 0, request: nil, isGPABased: true, uhva: Self.page(page),
      wasValid: false, oldUHVA: Self.page(page), rounds: [round])
    add(.refresh(kind), cache: cache, from: begin, to: testNs + 10, thread: cache)
  }

  /// A refresh whose lookups come when they are told to, each with its test 30 behind it.
  mutating func repeatingRefresh(cache: Int32, page: Int, at beginNs: Int64, loops: [Int64], lookups: [Int64]) {
    let begin = moment(beginNs, thread: cache)
    let rounds = zip(loops, lookups).map { top, lookup in
      RecordedRefresh.Round(
        loop: moment(top, thread: cache), lookup: moment(lookup, thread: cache),
        lookupRet: moment(lookup + 20, thread: cache), test: moment(lookup + 30, thread: cache))
    }
    let kind = RecordedRefresh(
      origin: .refresh, outcome: .mapped, ret: 0, request: nil, isGPABased: true, uhva: Self.page(page),
      wasValid: false, oldUHVA: Self.page(page), rounds: rounds)
    add(.refresh(kind), cache: cache, from: begin, to: (lookups.last ?? beginNs) + 40, thread: cache)
  }

  /// A refresh of one round, all of it at one time.
  mutating func refreshAtOnce(cache: Int32, page: Int, at timeNs: Int64) {
    let begin = moment(timeNs, thread: cache)
    let round = RecordedRefresh.Round(
      loop: moment(timeNs, thread: cache), lookup: moment(timeNs, thread: cache),
      lookupRet: moment(timeNs, thread: cache), test: moment(timeNs, thread: cache))
    let kind = RecordedRefresh(
      origin: .refresh, outcome: .mapped, ret: 0, request: nil, isGPABased: true, uhva: Self.page(page),
      wasValid: false, oldUHVA: Self.page(page), rounds: [round])
    add(.refresh(kind), cache: cache, from: begin, to: timeNs, thread: cache)
  }

  /// A refresh that returned `ret` and looked nothing up.
  /// - Parameter page: nil: no address.
  mutating func refreshWithoutRound(
    cache: Int32, page: Int?, isGPABased: Bool, ret: Int64, at timeNs: Int64, to endNs: Int64
  ) {
    let begin = moment(timeNs, thread: 200 + cache)
    let uhva = page.map(Self.page) ?? UHVA(rawValue: 0xffff_8880_0000_0000)
    let kind = RecordedRefresh(
      origin: .refresh, outcome: ret == 0 ? .kept : .failed, ret: ret, request: nil, isGPABased: isGPABased,
      uhva: uhva, wasValid: false, oldUHVA: uhva, rounds: [])
    add(.refresh(kind), cache: cache, from: begin, to: endNs, thread: 200 + cache)
  }

  mutating func check(cache: Int32, page: Int, at timeNs: Int64, answer: Bool) {
    let kind = RecordedCheck(answer: answer, othersHold: true, wasValid: answer, uhva: Self.page(page))
    let begin = moment(timeNs, thread: 50 + cache)
    add(.check(kind), cache: cache, from: begin, to: timeNs + 1, thread: 50 + cache)
  }

  private mutating func add(
    _ kind: RecordedOperation.Kind, cache: Int32?, from begin: Moment, to endNs: Int64, thread: Int32
  ) {
    operations.append(
      RecordedOperation(
        kind: kind, cache: cache, task: 0, isNested: false, begin: begin, end: moment(endNs, thread: thread)))
  }

  /// - Parameter doubt: nothing is known of the window.
  func window(_ doubt: RecordedWindow.Doubt? = nil) -> RecordedWindow {
    RecordedWindow(vm: 1, operations: operations, doubt: doubt)
  }

  /// What each form costs, by its id.
  var costs: [String: FormCosts] { costs(recordedOn: .v69) }

  /// The same of what a kernel of that form recorded.
  func costs(recordedOn kernel: ProtocolForm) -> [String: FormCosts] {
    var comparison = Comparison(ProtocolForm.all, kernel: kernel, deltaNs: 0)
    comparison.consume(window())
    return Dictionary(uniqueKeysWithValues: zip(ProtocolForm.all.map(\.id), comparison.finish()))
  }
}

// Windows drawn as lines of moments, for tests.

import KVMEvents
import Results

@testable import Explore

/// `mm own   : ( ) [ ]`: an invalidation, its start hook from `(` to `)`, its end hook from `[` to `]`, `w` the walk in
/// either hook (else soon after `(`; with the word `nowalk` it has no event);
/// `vcpu : r R`: a refresh, `q r R` one that was asked for at `q`; `o O`: one of another cache;
/// `user : c C`: a check; `ioctl : z Z`: a deactivation; `a A`: an activation. A column is 1000 ns, a line a thread
/// on a CPU of its own. Words before the colon: a range (`own`, `left`, `right`, `wide`), `nomemslot`, `protection`;
/// `nested` runs on top of the line above.
struct WindowDrawing {
  private(set) var operations: [RecordedOperation] = []
  static let page = UHVA(rawValue: 0x7f00_0010_0000)
  private static let otherPage = UHVA(rawValue: 0x7f00_0020_0000)

  init(_ drawing: String, isGPABased: Bool = true) {
    var thread: Int32 = -1
    for text in drawing.split(separator: "\n") where text.contains(":") {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      let words = parts[0].split(separator: " ").map(String.init)
      let isNested = words.contains("nested")
      if !isNested { thread += 1 }
      read(String(parts[1]), words, thread, isNested, isGPABased)
    }
    // Ids in the order of time, top line first.
    operations.sort { ($0.begin.time, $0.begin.thread) < ($1.begin.time, $1.begin.thread) }
  }

  var window: RecordedWindow { RecordedWindow(vm: 1, operations: operations, doubt: nil) }

  private mutating func read(
    _ marks: String, _ words: [String], _ thread: Int32, _ isNested: Bool, _ isGPABased: Bool
  ) {
    var open: [Character: Moment] = [:]
    for (column, mark) in marks.enumerated() where mark != " " {
      let moment = Moment(
        id: Int64(column) * 100 + Int64(thread) + 1, time: Int64(column) * 1000, cpu: thread, thread: thread)
      open[mark] = moment
      guard let kind = Self.kind(mark, words, open, isGPABased), let begin = open[Self.opening[mark] ?? " "] else {
        continue
      }
      operations.append(
        RecordedOperation(
          kind: kind, cache: mark == "]" ? nil : mark == "O" ? 2 : 1, task: thread, isNested: isNested, begin: begin,
          end: moment))
    }
  }

  private static let opening: [Character: Character] = ["]": "(", "R": "r", "O": "o", "A": "a", "C": "c", "Z": "z"]

  private static func kind(
    _ mark: Character, _ words: [String], _ open: [Character: Moment], _ isGPABased: Bool
  ) -> RecordedOperation.Kind? {
    switch mark {
    case "]": .invalidate(invalidation(words, open))
    case "R", "O", "A":
      .refresh(
        RecordedRefresh(
          origin: mark == "A" ? .activate : .refresh, outcome: .mapped, ret: 0, request: open["q"],
          isGPABased: isGPABased, uhva: mark == "O" ? otherPage : page, wasValid: nil, oldUHVA: nil,
          rounds: [RecordedRefresh.Round(loop: nil, lookup: nil, lookupRet: nil, test: nil)]))
    case "C": .check(RecordedCheck(answer: true, othersHold: true, wasValid: true, uhva: page))
    case "Z": .deactivate
    default: nil
    }
  }

  private static func invalidation(_ words: [String], _ open: [Character: Moment]) -> RecordedInvalidation {
    let walk = words.contains("nowalk") ? nil : open["w"] ?? open["("].map(soonAfter)
    let isInEndHook = walk.flatMap { walk in open["["].map { $0.time < walk.time } } ?? false
    return RecordedInvalidation(
      range: range(words), hitsMemslot: !words.contains("nomemslot"),
      removesMappings: !words.contains("protection"), startWalk: isInEndHook ? nil : walk,
      endWalk: isInEndHook ? walk : nil, startRet: open[")"], endEntry: open["["], endKvm: nil,
      selfLookup: words.contains("nested") ? 1 : nil)
  }

  private static func soonAfter(_ moment: Moment) -> Moment {
    Moment(id: moment.id + 50, time: moment.time + 500, cpu: moment.cpu, thread: moment.thread)
  }

  private static func range(_ words: [String]) -> HVARange {
    func pages(_ first: Int64, _ count: Int64) -> HVARange {
      let start = Int64(page.rawValue) + first * Int64(pageSize)
      return HVARange(
        start: UHVA(rawValue: UInt64(start)), end: UHVA(rawValue: UInt64(start + count * Int64(pageSize))))
    }
    if words.contains("left") { return pages(-4, 2) }
    if words.contains("right") { return pages(2, 2) }
    if words.contains("wide") { return pages(-4, 8) }
    return pages(0, 1)
  }
}

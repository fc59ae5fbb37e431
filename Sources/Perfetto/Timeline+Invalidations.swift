// Invalidations in the timeline: a slice for each, its contract window inside, and the count that it moves.

import KVMEvents
import Results

/// An invalidation that has begun.
final class OpenInvalidation {
  let mark: InvalidationMark
  let vm: VMTracks
  let track: UInt64
  fileprivate var isWindowOpen = false

  init(_ mark: InvalidationMark, in vm: VMTracks, track: UInt64) {
    self.mark = mark
    self.vm = vm
    self.track = track
  }
}

extension Timeline {
  func begin(_ mark: InvalidationMark, _ ns: Int64) throws {
    let vm = try vm(mark.vm)
    let one = OpenInvalidation(mark, in: vm, track: try vm.invalidations.take(writer))
    try writer.event(.begin, on: one.track, at: ns, mark.name, flow: mark.id) {
      $0.integer(facts.eventPlace.rawValue, mark.startEvent)
      $0.integer("invalidation", mark.id)
      $0.word("task", taskLabel(mark.task))
      $0.address("start", Int64(bitPattern: mark.range.start.rawValue))
      $0.address("end", Int64(bitPattern: mark.range.end.rawValue))
      $0.integer("mn_event", mark.mnEvent)
      $0.word("hits_memslot", mark.hitsMemslot.map { $0 ? "yes" : "no" } ?? "unknown")
      $0.integer("self_lookup", mark.selfLookupEvent)
    }
    // In this order where several are one event.
    at(mark.upEvent, .countUp(one))
    at(mark.walkEvent, .walk(one))
    at(mark.startRetEvent, .windowBegins(one))
    at(mark.endEvent, .windowEnds(one))
    switch mark.close {
    // Drawn to the end of the trace, as one that did not finish.
    case .open: break
    case .end, .lost:
      at(mark.downEvent, .countDown(one))
      at(mark.last, .invalidationEnds(one))
    case .vmGone:
      let end = max(mark.last, lastEvent(ofVM: mark.vm) ?? mark.last)
      at(end, .countDown(one))
      at(end, .invalidationEnds(one))
    }
  }

  func beginWindow(of one: OpenInvalidation, _ ns: Int64) throws {
    one.isWindowOpen = true
    let isOver = one.mark.endEvent != nil || one.mark.close == .open
    try writer.event(.begin, on: one.track, at: ns, "contract window" + (isOver ? "" : ", end not recorded")) {
      $0.integer(facts.eventPlace.rawValue, one.mark.startRetEvent)
    }
    if one.mark.walkEvent == nil, let event = one.mark.startRetEvent {
      try walkUnseen(one.mark.range, one.vm, event, ns)
    }
  }

  func endWindow(of one: OpenInvalidation, _ ns: Int64) throws {
    guard one.isWindowOpen else { return }
    one.isWindowOpen = false
    try writer.event(.end, on: one.track, at: ns)
  }

  func end(_ one: OpenInvalidation, _ ns: Int64) throws {
    try endWindow(of: one, ns)
    try writer.event(.end, on: one.track, at: ns)
    one.vm.invalidations.give(back: one.track)
  }
}

extension InvalidationMark {
  /// By `enum mmu_notifier_event`, and what of it is not recorded.
  fileprivate var name: String {
    let kinds = [
      "unmap", "clear", "protection of a vma", "protection of a page", "soft dirty", "release", "migrate", "exclusive",
    ]
    let kind = mnEvent.map { 0..<Int64(kinds.count) ~= $0 ? ": \(kinds[Int($0)])" : ": event \($0)" } ?? ""
    let beginning = startEvent == nil ? ", start not recorded" : ""
    let end =
      switch close {
      case .end, .open: ""
      case .lost: ", end lost"
      case .vmGone: ", VM gone"
      }
    return "invalidation\(kind)\(beginning)\(end)"
  }
}

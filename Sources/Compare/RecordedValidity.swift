// What the recorded checks and refreshes of a window show about when the caches were walked.

import GPCProtocol
import KVMEvents
import Results

/// A walk clears `valid`, and the flag of the forms that have one, of a cache somewhere between two events of its hook
/// (docs/evidence.md, rule 2). A check that said yes in between, a refresh that kept the mapping, or a round that was
/// accepted over the flag, came before it.
struct RecordedValidity {
  private struct Sign {
    enum Kind: Equatable {
      case valid
      /// The flag of the loop's top, from that time on.
      case flagged(sinceNs: Int64)
      /// A refresh set it again: what follows says nothing about a walk before.
      case mapped
    }

    let timeNs: Int64
    let kind: Kind
  }

  private struct Key: Hashable {
    let cache: Int32
    let page: UHVA
  }

  /// By page, for the search; then by time.
  private var signs: [(page: UHVA, signs: [Sign])] = []

  /// No signs.
  init() {}

  init(_ window: RecordedWindow, _ kernel: ProtocolRules) {
    var found: [Key: [Sign]] = [:]
    for operation in window.operations {
      guard let cache = operation.cache, let (uhva, signs) = Self.signs(operation, kernel), !uhva.isError else {
        continue
      }
      found[Key(cache: cache, page: uhva.page), default: []] += signs
    }
    signs = found.map { (page: $0.key.page, signs: $0.value.sorted { $0.timeNs < $1.timeNs }) }
    signs.sort { $0.page.rawValue < $1.page.rawValue }
  }

  private static func signs(_ operation: RecordedOperation, _ kernel: ProtocolRules) -> (UHVA, [Sign])? {
    switch operation.kind {
    case .invalidate, .deactivate: return nil
    case .check(let check):
      guard check.answer, let uhva = check.uhva else { return nil }
      return (uhva, [Sign(timeNs: operation.begin.time, kind: .valid)])
    case .refresh(let refresh):
      guard let uhva = refresh.uhva else { return nil }
      switch refresh.outcome {
      case .kept: return (uhva, [Sign(timeNs: operation.begin.time, kind: .valid)])
      case .mapped:
        let mapped = Sign(timeNs: operation.end.time, kind: .mapped)
        guard kernel.retry.readsFlag, let round = refresh.rounds.last, let loop = round.loop, let test = round.test
        else { return (uhva, [mapped]) }
        return (uhva, [Sign(timeNs: test.time, kind: .flagged(sinceNs: loop.time)), mapped])
      case .failed, .unfinished, .unknown: return nil
      }
    }
  }

  /// When a walk of `range` happens that comes after `lowNs` and before `highNs`: as it begins, or as soon as no event
  /// shows a cache valid any more.
  func walkNs(of range: HVARange, _ lowNs: Int64, _ highNs: Int64) -> Int64 {
    var walkNs = lowNs
    var index = signs.partitionPoint { $0.page.rawValue < range.start.rawValue }
    while index < signs.count, range.contains(signs[index].page) {
      let own = signs[index].signs
      var next = own.partitionPoint { $0.timeNs < lowNs }
      scan: while next < own.count, own[next].timeNs < highNs {
        switch own[next].kind {
        case .mapped: break scan
        case .flagged(let sinceNs) where sinceNs >= lowNs: break
        case .valid, .flagged: walkNs = max(walkNs, own[next].timeNs + 1)
        }
        next += 1
      }
      index += 1
    }
    return walkNs
  }
}

// The gaps that verdicts in the database do not take into account.

import KVMEvents
import Results

/// A gap that became known after these rows had been written.
struct Taint {
  let after: EventID
  let before: EventID
  /// The rows of `retry_round` that were written before it was known and may have evidence after `after`; later rows
  /// already take the gap into account.
  let rounds: Range<Int64>
  /// The same for `cache_check`, by the checks' entries.
  let checkEntries: Range<EventID>
}

/// All of them: a row is held against those that its evidence reaches into, not against each.
struct Taints {
  /// From the first event of a row's evidence to the last; nil: there is none.
  struct Evidence {
    let first: EventID?
    let last: EventID?
  }

  /// Their ends ascend, as they become known in the order of the events; so do their begins, as one that begins no
  /// later than former ones replaces them.
  private struct Ascending {
    private(set) var taints: [Taint] = []

    /// A gap that extends as far back and further on replaces: each end without a start doubts the same section again,
    /// and a CPU without events has one gap, however many markers.
    mutating func append(_ taint: Taint) {
      while let last = taints.last, last.after >= taint.after, last.before <= taint.before { taints.removeLast() }
      taints.append(taint)
    }

    func contains(_ evidence: Evidence, _ concerns: (Taint) -> Bool) -> Bool {
      guard let first = evidence.first, let last = evidence.last else { return false }
      var (low, high) = (0, taints.count)
      while low < high {
        let middle = (low + high) / 2
        if taints[middle].before <= first { low = middle + 1 } else { high = middle }
      }
      while low < taints.count, taints[low].after < last {
        if concerns(taints[low]) { return true }
        low += 1
      }
      return false
    }
  }

  private var ofAll = Ascending()
  private var ofVM: [Int32: Ascending] = [:]

  var isEmpty: Bool { ofAll.taints.isEmpty && ofVM.isEmpty }

  mutating func append(_ taint: Taint, of vms: AffectedVMs) {
    switch vms {
    case .all: ofAll.append(taint)
    case .these(let vms): for vm in vms { ofVM[vm, default: Ascending()].append(taint) }
    }
  }

  /// The evidence reaches into one of them that this row does not take into account.
  /// - Parameter vm: nil: it is not known, so it may be any.
  func concern(_ evidence: Evidence, of vm: Int32?, _ concerns: (Taint) -> Bool) -> Bool {
    if ofAll.contains(evidence, concerns) { return true }
    guard let vm else { return ofVM.values.contains { $0.contains(evidence, concerns) } }
    return ofVM[vm]?.contains(evidence, concerns) ?? false
  }

  /// The rows that may be concerned: disjoint and ascending.
  func ranges(_ rows: KeyPath<Taint, Range<Int64>>) -> [Range<Int64>] {
    let all = ofAll.taints + ofVM.values.flatMap(\.taints)
    var ranges: [Range<Int64>] = []
    for range in all.map({ $0[keyPath: rows] }).filter({ !$0.isEmpty }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = ranges.last, range.lowerBound <= last.upperBound {
        ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        ranges.append(range)
      }
    }
    return ranges
  }
}

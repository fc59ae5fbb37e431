// The columns of a timeline that show the state: `valid`, `pfn`, count, seq and what else a form has.

import GPCProtocol
import KVMEvents
import Results

/// What a timeline shows of a state.
package struct TimelineState: Sendable {
  package struct Cache: Sendable {
    package let valid: Bool
    /// nil in forms without the flag.
    package let needsInvalidation: Bool?
    package let pfn: String
  }

  package let caches: [Cache]
  package let count: Int
  package let seq: Int
  /// nil in forms without a covering range.
  package let range: String?
  /// What each vCPU has copied of a pfn, as `Cache.pfn`; `-`: nothing.
  package let copies: [String]
}

extension TimelineState {
  init(_ state: ProtocolState, _ form: ProtocolForm, _ scenario: Scenario) {
    caches = scenario.setup.caches.indices.map { index in
      let fields = state.caches[index].fields
      let place = scenario.setup.place(of: fields, form.rules)
      let pfn =
        fields.isKHVAUnmapped ? "unmapped" : Self.words(fields.pfn, isStale: state.isStale(fields.pfn, at: place))
      return Cache(
        valid: fields.valid, needsInvalidation: form.rules.hasNeedsInvalidation ? fields.needsInvalidation : nil,
        pfn: pfn)
    }
    count = Int(state.kvm.activeInvalidations)
    seq = Int(state.kvm.invalidateSeq)
    range = form.rules.range == .none ? nil : Self.words(state.kvm)
    copies = scenario.guests.map { cache in
      let place = scenario.setup.place(of: state.caches[cache].fields, form.rules)
      let copy = state.caches[cache].copiedPFN
      return copy.isError ? "-" : Self.words(copy, isStale: state.isStale(copy, at: place))
    }
  }

  private static func words(_ pfn: PFN, isStale: Bool) -> String {
    pfn.isError ? "error" : isStale ? "freed" : "ok"
  }

  private static func words(_ kvm: SharedKVM<SearchWidth>) -> String {
    guard !kvm.rangeStart.isError && !kvm.rangeEnd.isError && kvm.rangeStart.rawValue < kvm.rangeEnd.rawValue else {
      return "-"
    }
    return HVARange(start: kvm.rangeStart, end: kvm.rangeEnd).pageWords
  }

  /// As `cells`, after the column of locks.
  static func headings(_ scenario: Scenario, _ rules: ProtocolRules) -> [String] {
    let setup = scenario.setup
    let flag = rules.hasNeedsInvalidation ? ["needs"] : []
    let caches = setup.caches.indices.flatMap { index in
      (["valid"] + flag + ["pfn"]).map { setup.caches.count == 1 ? $0 : "\($0)\(index)" }
    }
    return ["locks"] + caches + scenario.guests.map { _ in "copy" } + ["count", "seq"]
      + (rules.range == .none ? [] : ["range"])
  }

  var cells: [String] {
    var cells: [String] = []
    for cache in caches {
      cells.append(cache.valid ? "1" : "0")
      if let flag = cache.needsInvalidation { cells.append(flag ? "1" : "0") }
      cells.append(cache.pfn)
    }
    cells += copies + ["\(count)", "\(seq)"]
    if let range { cells.append(range) }
    return cells
  }
}

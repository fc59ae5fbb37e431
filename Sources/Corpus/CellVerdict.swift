// What one case shows about one form, in one word: a cell of the matrix.

import Results

/// The verdict of a form, or of the recorded kernel, over one case. Written `contract+stale`, `possible-stale`,
/// `clean`.
package enum CellVerdict: Hashable, Sendable {
  /// In the order of `Kind`, each once.
  case found([Finding])
  case nothing(Nothing)

  package enum Kind: String, CaseIterable, Sendable {
    case contract, stale, deadlock, livelock
    /// Spins while invalidated: under endless invalidations, which no recording shows.
    case spins
    case divergence
    case excessiveRetry = "excessive_retry"
  }

  package struct Finding: Hashable, Sendable {
    package let kind: Kind
    /// The recording does not decide whether it was so (docs/evidence.md).
    package let isPossible: Bool

    package init(_ kind: Kind, isPossible: Bool = false) {
      self.kind = kind
      self.isPossible = isPossible
    }
  }

  package enum Nothing: String, CaseIterable, Sendable {
    /// Everything was judged.
    case clean
    /// A search was cut off at its budget.
    case truncated
    /// Something could not be judged: lost events, missing probes.
    case unknown
    /// The recording is incomplete.
    case incomplete
  }

  /// - Parameter otherwise: if nothing was found.
  package init(_ findings: [Finding], otherwise: Nothing) {
    let ordered = Kind.allCases.compactMap { kind in
      let ofKind = findings.filter { $0.kind == kind }
      return ofKind.first { !$0.isPossible } ?? ofKind.first
    }
    self = ordered.isEmpty ? .nothing(otherwise) : .found(ordered)
  }

  /// nil: not a verdict, or not in the canonical order.
  package init?(_ text: String) {
    if let nothing = Nothing(rawValue: text) {
      self = .nothing(nothing)
      return
    }
    let findings = text.split(separator: "+", omittingEmptySubsequences: false).map { word -> Finding? in
      let isPossible = word.hasPrefix(Self.possible)
      return Kind(rawValue: String(isPossible ? word.dropFirst(Self.possible.count) : word)).map {
        Finding($0, isPossible: isPossible)
      }
    }
    let known = findings.compactMap { $0 }
    guard known.count == findings.count else { return nil }
    self.init(known, otherwise: .clean)
    guard description == text else { return nil }
  }

  private static let possible = "possible-"

  /// One letter for each finding, small where it is only possible; one sign for nothing.
  package var sign: String {
    switch self {
    case .found(let findings):
      findings.map { $0.isPossible ? $0.kind.letter.lowercased() : $0.kind.letter }.joined()
    case .nothing(.clean): "."
    case .nothing(.truncated): "~"
    case .nothing(.unknown): "?"
    case .nothing(.incomplete): "!"
    }
  }

  /// The legend of a matrix.
  package static let legend = """
    C contract, S stale, D deadlock, L livelock, W spins while invalidated, X divergence, R excessive retries (small: possible only), . clean, ~ cut off at the budget, \
    ? not all could be judged, ! incomplete
    """
}

extension CellVerdict.Kind {
  /// Of a finding of the replay. Its `stuck` is a deadlock: a wait that is only left by a lock that the task holds.
  package init(_ kind: Results.Finding.Kind) {
    self =
      switch kind {
      case .contract: .contract
      case .stale: .stale
      case .stuck: .deadlock
      case .divergence: .divergence
      case .excessiveRetry: .excessiveRetry
      }
  }

  fileprivate var letter: String {
    switch self {
    case .contract: "C"
    case .stale: "S"
    case .deadlock: "D"
    case .livelock: "L"
    case .spins: "W"
    case .divergence: "X"
    case .excessiveRetry: "R"
    }
  }
}

extension CellVerdict: CustomStringConvertible {
  package var description: String {
    switch self {
    case .found(let findings):
      findings.map { ($0.isPossible ? Self.possible : "") + $0.kind.rawValue }.joined(separator: "+")
    case .nothing(let nothing): nothing.rawValue
    }
  }
}

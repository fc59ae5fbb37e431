// A description with the expectations that a run would have met.

import KVMEvents
import Results

/// The results, replacing the expectations. A blessed expectation is marked unproved until someone writes down the
/// reason.
package struct Blessing: Sendable {
  package let description: CaseDescription

  /// How the reason of a blessed expectation begins.
  package static let mark = "UNPROVED"

  private static let reason = "\(mark): blessed as gpc-replay found it; say here why it is right"

  /// nil: everything was as expected and the description is already in its canonical form, or the case is broken.
  package init?(_ outcome: CaseOutcome, text: String) {
    guard var description = outcome.description, !outcome.isBroken else { return nil }
    guard !outcome.differences.isEmpty || description.toml != text else { return nil }
    for cell in outcome.row.cells where !cell.isAsExpected { Self.bless(cell, &description) }
    for figure in outcome.row.figures where !figure.isAsExpected { Self.bless(figure, &description) }
    description.expectations.removeAll { $0.forms.isEmpty }
    description.counts.removeAll { $0.figures.isEmpty }
    self.description = description
  }

  /// Verdicts of these forms where the case expects nothing of them; what it expects stays.
  ///
  /// nil: it expects something of each, or is broken.
  package init?(adding forms: [String], _ outcome: CaseOutcome) {
    guard var description = outcome.description, !outcome.isBroken else { return nil }
    let absent = forms.filter { description.expectation(of: $0) == nil }
    guard !absent.isEmpty else { return nil }
    for cell in outcome.row.cells where absent.contains(cell.form) { Self.bless(cell, &description) }
    self.description = description
  }

  private static func bless(_ cell: CorpusCellRow, _ description: inout CaseDescription) {
    guard let verdict = CellVerdict(cell.verdict) else { return }
    for index in description.expectations.indices {
      description.expectations[index].forms.removeAll { $0 == cell.form }
    }
    if let index = description.expectations.firstIndex(where: { $0.verdict == verdict && $0.reason == reason }) {
      description.expectations[index].forms.append(cell.form)
    } else {
      description.expectations.append(
        CaseDescription.Expectation(forms: [cell.form], verdict: verdict, reason: reason))
    }
  }

  private static func bless(_ figure: CorpusFigureRow, _ description: inout CaseDescription) {
    let form = figure.form == CaseDescription.recorded ? nil : figure.form
    for index in description.counts.indices where description.counts[index].form == form {
      description.counts[index].figures.removeAll { $0.name == figure.name }
    }
    // A figure that no longer exists has no expectation.
    guard let value = figure.value else { return }
    let blessed = CaseDescription.Counts.Figure(figure.name, value)
    if let index = description.counts.firstIndex(where: { $0.form == form && $0.origin == reason }) {
      description.counts[index].figures.append(blessed)
    } else {
      description.counts.append(CaseDescription.Counts(origin: reason, form: form, figures: [blessed]))
    }
  }

  /// The removed and added lines, in order; unchanged lines only around them.
  package static func difference(from old: String, to new: String) -> [String] {
    let before = old.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let after = new.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let changes = after.difference(from: before)
    var (removed, inserted): (Set<Int>, Set<Int>) = ([], [])
    for change in changes {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var lines: [String] = []
    var (left, right) = (0, 0)
    while left < before.count || right < after.count {
      if left < before.count, removed.contains(left) {
        lines.append("-" + before[left])
        left += 1
      } else if right < after.count, inserted.contains(right) {
        lines.append("+" + after[right])
        right += 1
      } else {
        lines.append(" " + before[left])
        left += 1
        right += 1
      }
    }
    return withinContext(lines)
  }

  private static func withinContext(_ lines: [String]) -> [String] {
    let changed = lines.indices.filter { !lines[$0].hasPrefix(" ") }
    var shown: [String] = []
    var last = -1
    for index in lines.indices where changed.contains(where: { abs($0 - index) <= 2 }) {
      if last >= 0, index > last + 1 { shown.append("@@") }
      shown.append(lines[index])
      last = index
    }
    return shown
  }
}

// A run over the corpus on a terminal: what is broken, what differs, the matrix, the sums.

import GPCProtocol
import KVMEvents
import Results
import TextLayout

extension CorpusOutcome {
  /// - Parameters:
  ///   - width: of the terminal; nil: the forms are in one table, however many.
  ///   - again: the command that shows a single cell.
  package func text(width: Int?, again: (CaseOutcome, Difference) -> String) -> [String] {
    (brokenLines + differenceLines(again) + matrixLines(width) + [""] + sumLines(width)).map(\.printable)
  }

  /// Only the verdicts, with the legend.
  package func matrix(width: Int?) -> [String] { matrixLines(width).map(\.printable) + Self.legend(width) }

  private static func legend(_ width: Int?) -> [String] {
    width.map { folded(CellVerdict.legend, indent: 0, width: $0) } ?? [CellVerdict.legend]
  }

  private var brokenLines: [String] {
    broken.isEmpty
      ? [] : ["broken: \(broken.count)"] + broken.map { "  \($0.row.name): \($0.row.fault ?? "")" } + [""]
  }

  private func differenceLines(_ again: (CaseOutcome, Difference) -> String) -> [String] {
    let all = cases.flatMap { outcome in outcome.differences.map { (outcome, $0) } }
    guard !all.isEmpty else { return [] }
    var lines = ["differences: \(all.count)"]
    for (outcome, difference) in all {
      lines.append(
        "  \(difference.caseName)  \(difference.form)  \(difference.subject): expected \(difference.expected), found \(difference.found)"
      )
      if !difference.reason.isEmpty { lines.append("    expected, for: \(difference.reason.firstLine)") }
      lines.append("    again: \(again(outcome, difference))")
    }
    return lines + [""]
  }

  private func matrixLines(_ width: Int?) -> [String] {
    let heads = columns.map(Self.head)
    return blocks(
      [[""] + heads.map(\.0), [""] + heads.map(\.1)]
        + cases.map { outcome in [outcome.row.name] + columns.map { cell(outcome, $0) } },
      right: [], width: width ?? .max)
  }

  /// A form's name on two lines: `dwmw2` over `v3.1`.
  private static func head(_ form: String) -> (String, String) {
    guard let dash = form.firstIndex(of: "-") else { return ("", form) }
    return (String(form[..<dash]), String(form[form.index(after: dash)...]))
  }

  /// A cell that is not as expected has an exclamation mark.
  private func cell(_ outcome: CaseOutcome, _ form: String) -> String {
    guard let cell = outcome.row.cells.first(where: { $0.form == form }), let verdict = CellVerdict(cell.verdict)
    else { return "broken" }
    return verdict.sign + (cell.isAsExpected ? "" : " !!")
  }

  private func sumLines(_ width: Int?) -> [String] {
    let cells = cases.reduce(0) { $0 + $1.row.cells.count }
    let figures = cases.reduce(0) { $0 + $1.row.figures.count }
    let cpu = cases.reduce(Int64(0)) { $0 + $1.cpuNs }
    let unproved = cases.filter(\.unproved).map(\.row.name)
    let blessed = unproved.isEmpty ? [] : ["blessed, not proved: \(unproved.joined(separator: ", "))"]
    // Machine-dependent output is in the last line only.
    return Self.legend(width) + blessed + [
      """
      \(plural(cases.count, "case")), \(plural(cells, "verdict")), \(plural(figures, "figure")): \
      \(plural(differences.count, "difference")), \(broken.count) broken; \
      \(Self.seconds(wallNs)) s (\(Self.seconds(cpu)) CPU s, \(jobCount) at once)
      """
    ]
  }

  private static func seconds(_ ns: Int64) -> String {
    let tenths = (ns + 50_000_000) / 100_000_000
    return "\(tenths / 10).\(tenths % 10)"
  }
}

extension String {
  fileprivate var firstLine: String { String(prefix { !$0.isNewline }) }
}

// A run over the corpus as JUnit XML, which CI systems show.

import KVMEvents
import Results
import TextLayout

extension CorpusOutcome {
  /// A suite per case, a test per form and one for the figures; a broken case is an error.
  package var junit: String {
    let suites = cases.map(suite).joined()
    let tests = cases.reduce(0) { $0 + testCount($1) }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="corpus" tests="\(tests)" failures="\(cases.reduce(0) { $0 + failureCount($1) })" \
      errors="\(broken.count)" time="\(Self.seconds(wallNs))">
      \(suites)</testsuites>

      """
  }

  private func testCount(_ outcome: CaseOutcome) -> Int {
    outcome.isBroken ? 1 : outcome.row.cells.count + (outcome.row.figures.isEmpty ? 0 : 1)
  }

  private func failureCount(_ outcome: CaseOutcome) -> Int {
    outcome.row.cells.count { !$0.isAsExpected } + (outcome.row.figures.contains { !$0.isAsExpected } ? 1 : 0)
  }

  private func suite(_ outcome: CaseOutcome) -> String {
    let row = outcome.row
    var lines = [
      """
      <testsuite name="\(escaped(row.name))" tests="\(testCount(outcome))" failures="\(failureCount(outcome))" \
      errors="\(outcome.isBroken ? 1 : 0)" time="\(Self.seconds(outcome.cpuNs))">
      """
    ]
    if let fault = row.fault {
      lines += test("case", row, cpuNs: 0, inside: "<error message=\"\(escaped(fault))\"/>")
    }
    for cell in row.cells {
      let differences = outcome.differences.filter { $0.form == cell.form && $0.subject == "verdict" }
      lines += test(cell.form, row, cpuNs: cell.cpuNs, inside: differences.first.map(failure))
    }
    if !row.figures.isEmpty {
      let differences = outcome.differences.filter { $0.subject != "verdict" }
      let failures = differences.map(failure).joined(separator: "\n      ")
      lines += test("figures", row, cpuNs: row.cpuNs, inside: failures.isEmpty ? nil : failures)
    }
    return lines.joined(separator: "\n  ") + "\n</testsuite>\n"
  }

  private func test(_ name: String, _ row: CorpusCaseRow, cpuNs: Int64, inside: String?) -> [String] {
    let head =
      "<testcase classname=\"\(escaped(row.name))\" name=\"\(escaped(name))\" time=\"\(Self.seconds(cpuNs))\""
    guard let inside else { return [head + "/>"] }
    return [head + ">", "  " + inside, "</testcase>"]
  }

  private func failure(_ difference: Difference) -> String {
    "<failure message=\"\(escaped(difference.sentence))\">\(escaped(difference.reason))</failure>"
  }

  private func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      // XML 1.0 has no other control characters, not even as references.
      case "\n", "\t": result += "&#\(scalar.value);"
      case _ where scalar.value < 0x20: result += "?"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }

  private static func seconds(_ ns: Int64) -> String {
    let thousandths = String((ns + 500_000) / 1_000_000 % 1000)
    return "\((ns + 500_000) / 1_000_000_000).\(String(repeating: "0", count: 3 - thousandths.count))\(thousandths)"
  }
}

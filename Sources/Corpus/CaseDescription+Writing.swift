// To TOML, in one canonical form: what is blessed or added differs from the previous text only where its contents
// differ.

extension CaseDescription {
  /// The text of the description's file.
  package var toml: String {
    var lines = ["title = \(Self.quoted(title))", "text = \(Self.block(text))", "", "[origin]"]
    lines += origin.tomlLines
    if reading != Reading() {
      lines += ["", "[import]"]
      lines += Self.line("clock", reading.clock)
      if let isAllowed = reading.allowTruncated { lines.append("allow_truncated = \(isAllowed)") }
      lines += Self.line("kernel_form", reading.kernelForm)
    }
    if search != Search() {
      lines += ["", "[search]"]
      lines += Self.line("delta", search.delta) + Self.line("memory", search.memory)
      if let max = search.statesMax { lines.append("states_max = \(max)") }
    }
    for expectation in expectations {
      let forms = expectation.forms.map(Self.quoted).joined(separator: ", ")
      lines += ["", "[[expect]]", "forms = [\(forms)]"]
      lines += Self.line("verdict", expectation.verdict.description) + Self.line("reason", expectation.reason)
    }
    for count in counts {
      lines += ["", "[[counts]]"] + Self.line("origin", count.origin) + Self.line("form", count.form)
      lines += count.figures.sorted { $0.name < $1.name }.map { "\(Self.key($0.name)) = \($0.value)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  fileprivate static func line(_ key: String, _ value: String?) -> [String] {
    value.map { ["\(key) = " + ($0.contains("\n") ? block($0) : quoted($0))] } ?? []
  }

  /// A bare key if TOML allows one.
  private static func key(_ name: String) -> String {
    let isBare = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    return isBare && !name.isEmpty ? name : quoted(name)
  }

  fileprivate static func quoted(_ text: String) -> String { "\"\(escaped(text, keepsLines: false))\"" }

  private static func block(_ text: String) -> String { "\"\"\"\n\(escaped(text, keepsLines: true))\"\"\"" }

  private static func escaped(_ text: String, keepsLines: Bool) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\\": result += "\\\\"
      // In a block a quotation mark needs no escape, unless three follow each other.
      case "\"": result += keepsLines && !result.hasSuffix("\"") ? "\"" : "\\\""
      case "\n" where keepsLines: result += "\n"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}

extension CaseDescription.Origin {
  fileprivate var tomlLines: [String] {
    let listed = sources.map { sources in
      let entries = sources.map { "  \(CaseDescription.quoted($0)),\n" }.joined()
      return ["sources = [\n\(entries)]"]
    }
    return CaseDescription.line("kind", kind.rawValue) + CaseDescription.line("recording", recording)
      + CaseDescription.line("lines", lines) + CaseDescription.line("kernel", kernel)
      + CaseDescription.line("command", command) + CaseDescription.line("rendering", rendering)
      + CaseDescription.line("clock", clock) + CaseDescription.line("probes", probes)
      + CaseDescription.line("licence", licence) + (listed ?? [])
  }
}

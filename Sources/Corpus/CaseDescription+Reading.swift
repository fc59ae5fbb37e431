// From TOML.

import Forms
import GPCProtocol
import KVMEvents
import Report
import TOMLKit

extension CaseDescription {
  /// - Parameter lacking: forms that it may expect nothing of: they are about to be added.
  package init(toml: String, lacking: [String] = []) throws(CaseFault) {
    if let fault = TOMLLimits.fault(toml) { throw .malformed(reason: "line \(fault.line): \(fault.reason)") }
    let file: File
    do {
      file = try TOMLDecoder(strictDecoding: true).decode(File.self, from: toml)
    } catch let error as TOMLParseError {
      throw .malformed(
        reason: "\(error.description.prefix { $0 != "\n" })")
    } catch let error as UnexpectedKeysError {
      throw .malformed(reason: "nothing is called \(Self.words(error))")
    } catch let error as DecodingError {
      throw .malformed(reason: Self.words(error))
    } catch {
      throw .malformed(reason: "\(error)")
    }
    var expectations: [Expectation] = []
    for expect in file.expect { expectations.append(try expect.expectation()) }
    self.init(
      title: file.title, text: file.text, origin: file.origin, reading: file.import ?? Reading(),
      search: file.search ?? Search(), expectations: expectations,
      counts: (file.counts ?? []).map { Counts(origin: $0.origin, form: $0.form, figures: $0.figures) })
    try check(lacking)
  }

  private func check(_ lacking: [String]) throws(CaseFault) {
    let known = [Self.recorded] + ProtocolForm.all.map(\.id)
    var named: Set<String> = []
    for form in expectations.flatMap(\.forms) {
      guard known.contains(form) else { throw .unknownForm(form) }
      guard named.insert(form).inserted else { throw .repeatedForm(form) }
    }
    let missing = known.filter { !named.contains($0) && !lacking.contains($0) }
    guard missing.isEmpty else { throw .missingForms(missing) }
    for count in counts {
      if let form = count.form, !known.contains(form) { throw .unknownForm(form) }
      for figure in count.figures where CaseFigure(figure.name, form: count.form) == nil {
        throw .unknownFigure(figure.name)
      }
    }
    if let memory = search.memory, MemoryModel(rawValue: memory) == nil {
      let words = MemoryModel.allCases.map(\.rawValue).joined(separator: ", ")
      throw .malformed(reason: "search.memory is '\(memory)', not \(words)")
    }
    if let clock = reading.clock, TraceClock(rawValue: clock) == nil {
      throw .malformed(reason: "import.clock is '\(clock)', which is not a trace clock")
    }
    if let form = reading.kernelForm, ProtocolForm.named(form) == nil {
      throw .malformed(
        reason: "import.kernel_form is '\(form)', which is not a form of the protocol (gpc-replay protocols)")
    }
    if let max = search.statesMax, max < 1 { throw .malformed(reason: "search.states_max is below 1") }
    if !Self.isTitle(title) { throw .malformed(reason: "title is not one line of printable text") }
  }

  /// Printed on terminals as it is: one line, and nothing that moves the cursor.
  package static func isTitle(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  }

  private static func words(_ error: UnexpectedKeysError) -> String {
    error.keys.map { name, path in dotted(path.map(\.stringValue) + [name]) }.sorted().joined(separator: ", ")
  }

  private static func words(_ error: DecodingError) -> String {
    func path(_ context: DecodingError.Context, _ key: (any CodingKey)? = nil) -> String {
      dotted((context.codingPath + (key.map { [$0] } ?? [])).map(\.stringValue))
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "\(path(context, key)) is missing, or of another type"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(path(context)) is missing, or of another type"
    case .dataCorrupted(let context): return "\(path(context)): \(context.debugDescription)"
    @unknown default: return "\(error)"
    }
  }

  /// `origin.kind`; the decoder names some keys twice.
  private static func dotted(_ path: [String]) -> String {
    path.reduce(into: [String]()) { parts, part in
      if parts.last != part { parts.append(part) }
    }.joined(separator: ".")
  }

  /// The file as it is.
  private struct File: Decodable {
    let title: String
    let text: String
    let origin: Origin
    let `import`: Reading?
    let search: Search?
    let expect: [Expect]
    let counts: [CountsTable]?
  }

  private struct Expect: Decodable {
    let forms: [String]
    let verdict: String
    let reason: String

    func expectation() throws(CaseFault) -> Expectation {
      guard let verdict = CellVerdict(verdict) else {
        throw .malformed(reason: "'\(verdict)' is not a verdict (docs/corpus.md)")
      }
      return Expectation(forms: forms, verdict: verdict, reason: reason)
    }
  }

  /// A table whose keys are figures, next to `origin` and `form`.
  private struct CountsTable: Decodable {
    let origin: String
    let form: String?
    let figures: [Counts.Figure]

    private struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let table = try decoder.container(keyedBy: Key.self)
      origin = try table.decode(String.self, forKey: Key(stringValue: "origin"))
      form = try table.decodeIfPresent(String.self, forKey: Key(stringValue: "form"))
      figures = try table.allKeys.filter { $0.stringValue != "origin" && $0.stringValue != "form" }
        .map { Counts.Figure($0.stringValue, try table.decode(Int64.self, forKey: $0)) }
        .sorted { $0.name < $1.name }
    }
  }
}

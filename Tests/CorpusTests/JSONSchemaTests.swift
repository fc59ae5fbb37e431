// `--json` of every recording in `traces/` against schema/report.schema.json.

import Foundation
import RealBinary
import Testing

/// The part of JSON Schema (2020-12) that the schema uses; a keyword that is not known here is an error.
struct JSONSchema {
  typealias Object = [String: Any]
  private let root: Object

  init(_ data: Data) throws {
    root = try #require(JSONSerialization.jsonObject(with: data) as? Object)
  }

  /// What does not fit, each with its path.
  func faults(of value: Any, against reference: String? = nil) -> [String] {
    faults(value, reference.map { resolve($0) } ?? root, at: "$")
  }

  private func resolve(_ reference: String) -> Object {
    reference.split(separator: "/").dropFirst().reduce(root) { $0[String($1)] as? Object ?? [:] }
  }

  private static let notes: Set<String> = ["$schema", "$defs", "title", "description"]

  private func faults(_ value: Any, _ schema: Object, at path: String) -> [String] {
    var faults: [String] = []
    for (keyword, rule) in schema where !Self.notes.contains(keyword) {
      switch (keyword, rule) {
      case ("$ref", let reference as String): faults += self.faults(value, resolve(reference), at: path)
      case ("type", let type as String): if !Self.isOf(type, value) { faults.append("\(path) is no \(type)") }
      case ("enum", let words as [String]):
        if !words.contains(value as? String ?? "") { faults.append("\(path) is \(value), not of \(words)") }
      case ("pattern", let pattern as String):
        let text = value as? String ?? ""
        if (try? text.firstMatch(of: Regex(pattern))) == nil { faults.append("\(path) is \(text)") }
      case ("required", let keys as [String]):
        faults += keys.filter { (value as? Object)?[$0] == nil }.map { "\(path).\($0) is missing" }
      case ("additionalProperties", false as Bool):
        let known = schema["properties"] as? Object ?? [:]
        faults += (value as? Object ?? [:]).keys.filter { known[$0] == nil }.map { "\(path).\($0) is not described" }
      case ("properties", let properties as Object):
        for (key, member) in value as? Object ?? [:] {
          guard let rule = properties[key] as? Object else { continue }
          faults += self.faults(member, rule, at: "\(path).\(key)")
        }
      case ("items", let items as Object):
        for (index, item) in (value as? [Any] ?? []).enumerated() {
          faults += self.faults(item, items, at: "\(path)[\(index)]")
        }
      case _: faults.append("the schema's \(keyword) is not known to this test")
      }
    }
    return faults
  }

  private static func isOf(_ type: String, _ value: Any) -> Bool {
    let isBool = (value as? NSNumber).map { isBoolean($0) } ?? false
    return switch type {
    case "object": value is Object
    case "array": value is [Any]
    case "string": value is String
    case "boolean": isBool
    case "integer":
      !isBool && value is NSNumber && (value as? NSNumber)?.doubleValue.rounded() == (value as? NSNumber)?.doubleValue
    case _: false
    }
  }

  private static func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}

@Suite struct JSONSchemaTests {
  private static let schema = CorpusTrace.root.appending(path: "schema/report.schema.json")

  /// Every kind of finding, losses, missing probes, all formats.
  private static let traces = CorpusTrace.all

  @Test(arguments: traces) func aReportIsAsDescribed(trace: CorpusTrace) throws {
    let folder = try TemporaryFolder()
    let run = try Invocation([trace.trace.path, "--json", "--db", "t.db"] + trace.arguments, in: folder)
    let schema = try JSONSchema(Data(contentsOf: Self.schema))
    let report = try #require(try JSONSerialization.jsonObject(with: run.output) as? JSONSchema.Object)
    #expect(schema.faults(of: report) == [])
    // What the text shows of each finding is one of these.
    guard let finding = (report["findings"] as? [JSONSchema.Object])?.first?["id"] as? Int else { return }
    let explained = try Invocation(["explain", "t.db", String(finding), "--json"], in: folder)
    #expect(
      try schema.faults(
        of: JSONSerialization.jsonObject(with: explained.output), against: "#/$defs/finding") == [])
  }

  /// The check above would see a key that is gone, is new, or holds something else.
  @Test func whatDoesNotFitIsSeen() throws {
    let run = try Invocation([CorpusTrace("contract").trace.path, "--json", "--db", ":memory:"], in: TemporaryFolder())
    let schema = try JSONSchema(Data(contentsOf: Self.schema))
    let report = try #require(try JSONSerialization.jsonObject(with: run.output) as? JSONSchema.Object)
    func faults(_ change: (inout JSONSchema.Object) -> Void) -> [String] {
      var changed = report
      change(&changed)
      return schema.faults(of: changed)
    }
    #expect(faults { _ in } == [])
    #expect(faults { $0["layout"] = nil } == ["$.layout is missing"])
    #expect(faults { $0["more"] = 1 } == ["$.more is not described"])
    #expect(faults { $0["layout"] = "6" } == ["$.layout is no integer"])
    #expect(faults { $0["silent_cpus"] = [true] } == ["$.silent_cpus[0] is no integer"])
  }
}

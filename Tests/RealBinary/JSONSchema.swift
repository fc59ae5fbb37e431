// Documents against the schemas of schema/.

import Foundation

/// The part of JSON Schema (2020-12) that the schema uses; a keyword that is not known here is an error.
package struct JSONSchema {
  package typealias Object = [String: Any]
  private let root: Object

  /// - Parameter name: of a file of schema/.
  package init(_ name: String) throws {
    let data = try Data(contentsOf: CorpusTrace.root.appending(path: "schema/\(name)"))
    guard let root = try JSONSerialization.jsonObject(with: data) as? Object else {
      preconditionFailure("\(name) is no object")
    }
    self.root = root
  }

  /// What does not fit, each with its path.
  package func faults(of value: Any, against reference: String? = nil) -> [String] {
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
      case ("type", let types as [String]):
        if !types.contains(where: { Self.isOf($0, value) }) { faults.append("\(path) is none of \(types)") }
      case ("enum", let words as [Any]):
        let isOne = words.contains { $0 is NSNull ? value is NSNull : $0 as? String == value as? String }
        if !isOne { faults.append("\(path) is \(value), not of \(words)") }
      case ("pattern", let pattern as String):
        guard let text = value as? String else { continue }
        if (try? text.firstMatch(of: Regex(pattern))) == nil { faults.append("\(path) is \(text)") }
      case ("required", let keys as [String]):
        guard let object = value as? Object else { continue }
        faults += keys.filter { object[$0] == nil }.map { "\(path).\($0) is missing" }
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
    case "null": value is NSNull
    case "number": !isBool && value is NSNumber
    case "integer":
      !isBool && value is NSNumber && (value as? NSNumber)?.doubleValue.rounded() == (value as? NSNumber)?.doubleValue
    case _: false
    }
  }

  private static func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}

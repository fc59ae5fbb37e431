// What the catalogue knows about names, for code that examines a text's words.

import KVMEvents

extension ProbeCatalogue {
  /// By key: the field that an event of this name, in any of its meanings, has under it.
  package func fields(of name: String) -> [String: EventField] {
    var fields: [String: EventField] = [:]
    for meaning in meanings[name] ?? [] {
      for field in meaning.fields { fields[field.key] = field.field }
    }
    return fields
  }

  /// All keys that an event of this name may carry, in any of its meanings, including those that the replay does not
  /// use.
  package func keys(of name: String) -> Set<String> {
    Set((meanings[name] ?? []).flatMap { $0.fields.map(\.key) + $0.ignoredKeys })
  }

  /// The embedded file that interprets most of these names as they were interpreted; of equals the newest.
  package static func generation(of names: [EventName]) -> String {
    var best = (name: "none", count: 0)
    for file in files + [scripts] {
      let known = read([file.bytes]).meanings
      let prefix = file.name == scripts.name ? scriptPrefix : ""
      let count = names.count { name in
        guard name.name.hasPrefix(prefix) else { return false }
        return known[String(name.name.dropFirst(prefix.count))]?.contains { $0.kind == name.kind } ?? false
      }
      if count > best.count { best = (file.name, count) }
    }
    return best.name
  }
}

// What the catalogue says of names, for whoever looks at a text's words.

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

  /// The embedded file that has most of these names; of equals the youngest.
  package static func generation(of names: some Sequence<String>) -> String {
    let files: [(name: String, bytes: [UInt8])] = [
      ("linux_6_12", PackageResources.linux_6_12_probes), ("linux_6_1", PackageResources.linux_6_1_probes),
      ("linux_5_17", PackageResources.linux_5_17_probes), ("default_names", PackageResources.default_names_probes),
    ]
    let names = Set(names)
    var best = (name: "none", count: 0)
    for file in files {
      let known = read([file.bytes]).meanings
      let count = names.count { known[$0] != nil }
      if count > best.count { best = (file.name, count) }
    }
    return best.name
  }
}

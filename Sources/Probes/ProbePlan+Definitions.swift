// A plan as lines for kprobe_events.

extension PlannedProbe {
  /// `p:GROUP/gpc_check kvm:kvm_gpc_check gpc=%di:x64 …`.
  package func definition(group: String, isModule: Bool) -> String {
    let place = (isModule ? "kvm:" : "") + symbol
    let arguments = fields.map { "\($0.key)=\($0.fetch):\($0.type)" }
    return (["\(isReturn ? "r" : "p"):\(group)/\(event)", place] + arguments).joined(separator: " ")
  }
}

extension ProbePlan {
  /// The lines alone.
  package func definitions(group: String) -> [String] {
    probes.map { $0.definition(group: group, isModule: isModule) }
  }

  /// A file for `kprobe_events`: each line under a comment that says what it tells.
  package func listing(group: String, version: String) -> String {
    var lines = [
      "# Probes for \(release.map { "Linux " + $0 } ?? "a kernel whose release is not known"), by gpc-replay \(version): "
        + "entries and returns of functions.",
      "# Offsets and argument positions are those of its BTF, and hold for this very build.",
    ]
    if !knowsSymbols {
      lines.append("# kallsyms was not looked at: a function may be inlined, or called otherwise (--kallsyms).")
    }
    for (structName, members) in offsetsByStruct {
      lines.append("# struct \(structName): \(members.map { "\($0.name) \($0.bytes)" }.joined(separator: ", "))")
    }
    for event in events where !event.probes.isEmpty {
      lines += ["", "# \(event.tells)", "# Without it: \(event.lost)"]
      lines += event.notes.map { "# NOTE \($0)." }
      lines += event.probes.map { $0.definition(group: group, isModule: isModule) }
    }
    let absent = events.filter(\.probes.isEmpty)
    if !absent.isEmpty { lines.append("") }
    for event in absent {
      lines.append("# Not recorded: \(event.name): \(event.notes.joined(separator: "; ")).")
      lines.append("#   \(event.tells) Without it: \(event.lost)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  package var offsetsByStruct: [(name: String, members: [(name: String, bytes: Int)])] {
    var structs: [(name: String, members: [(name: String, bytes: Int)])] = []
    for (name, bytes) in offsets {
      let words = name.split(separator: ".").map(String.init)
      if structs.last?.name != words[0] { structs.append((words[0], [])) }
      structs[structs.count - 1].members.append((words[1], bytes))
    }
    return structs
  }
}

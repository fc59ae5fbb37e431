// The same events as a bpftrace program: fentry and fexit where BTF has the prototype, with the fields that BTF names.

extension ProbePlan {
  /// A program that prints one line per event, in the form that docs/trace-format.md gives (`gpc v1 …`).
  package func bpftraceProgram(version: String) -> String {
    var lines = [
      "#!/usr/bin/env bpftrace",
      "// Prints what gpc-replay reads, made by gpc-replay \(version)\(release.map { " for Linux \($0)" } ?? "").",
      "// bpftrace 0.20 or later: it resolves the fields itself, by the running kernel's BTF.",
      "//",
      "//   sudo BPFTRACE_PERF_RB_PAGES=1024 bpftrace gpc.bt > trace.txt 2>&1",
      "//   gpc-replay trace.txt",
    ]
    for event in events where !event.probes.isEmpty {
      lines += ["", "// \(event.tells)"]
      lines += event.notes.map { "// NOTE \($0)." }
      for probe in event.probes { lines += bpftrace(probe) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func bpftrace(_ probe: PlannedProbe) -> [String] {
    var formats: [String] = []
    var values: [String] = []
    var setUp: [String] = []
    for field in probe.fields {
      let value: String
      if let path = field.path {
        if let container = path.container {
          let line =
            "  $container = (struct \(container.structName) *)((uint64)args.\(path.argument) - "
            + "(uint64)offsetof(struct \(container.structName), \(container.member)));"
          if !setUp.contains(line) { setUp.append(line) }
          value = Self.joined("$container", path)
        } else {
          value = Self.joined("args.\(path.argument)", path)
        }
      } else {
        value = "retval"
      }
      let word = Self.word(field.type, value)
      formats.append("\(field.key)=\(word.format)")
      values.append(word.value)
    }
    let kind = probe.prototype == nil ? (probe.isReturn ? "kretprobe" : "kprobe") : probe.isReturn ? "fexit" : "fentry"
    let text = (["gpc v1 %llu %d %d \(probe.event)"] + formats + ["comm=%s\\n"]).joined(separator: " ")
    let arguments = (["nsecs", "cpu", "tid"] + values + ["comm"]).joined(separator: ", ")
    let place = probe.prototype == nil ? probe.symbol : (isModule ? "kvm:" : "vmlinux:") + probe.symbol
    return ["\(kind):\(place) {"] + setUp + ["  printf(\"\(text)\",", "    \(arguments));", "}"]
  }

  /// `memslots` is an array: its first element is the VM's address space.
  private static func joined(_ argument: String, _ path: FetchPath) -> String {
    ([argument] + path.members.map { $0 == "memslots" ? "memslots[0]" : $0 }).joined(separator: "->")
      + (path.unionMember.map { ".\($0)" } ?? "")
  }

  /// How a value of a probe's type is printed.
  private static func word(_ type: String, _ value: String) -> (format: String, value: String) {
    switch type {
    case "x64": ("0x%llx", "(uint64)\(value)")
    case "u8": ("%d", "(uint8)\(value)")
    case "s32": ("%d", "(int32)\(value)")
    case "b1@0/32": ("%d", "\(value) & 1")
    default: ("%llu", "(uint64)\(value)")
    }
  }
}

// `probes`: the probes that a kernel needs for a recording, as lines for kprobe_events or as a script.

import ArgumentParser
import Pipeline
import Probes

struct ProbesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probes",
    abstract: "Prints the probes that record this kernel, or another one.",
    discussion: """
      Offsets of structures and positions of arguments come from the kernel's BTF, names of functions from kallsyms: of the running \
      kernel, or from files of another one. docs/recording.md says what each probe shows.

      Example: gpc-replay probes --btf Tests/Kernels/7.3.4+deb13-amd64
      """)

  @OptionGroup var kernel: KernelArguments

  @Flag(help: "A POSIX shell script that records with these probes, for a host without gpc-replay.")
  var script = false

  @Flag(help: "A bpftrace program that records the same events (bpftrace 0.20 or later).")
  var bpftrace = false

  mutating func validate() throws {
    if script && bpftrace { throw ValidationError("--script and --bpftrace exclude each other.") }
  }

  func run() throws {
    let plan = try kernel.plan()
    if script {
      try printOut(plan.script(version: Tool.version))
    } else if bpftrace {
      try printOut(plan.bpftraceProgram(version: Tool.version))
    } else {
      try printOut(plan.listing(group: "gpc", version: Tool.version))
    }
  }
}

// `probes`: the probes that a kernel needs for a recording, as lines for kprobe_events.

import ArgumentParser
import Probes

struct ProbesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probes",
    abstract: "Prints the probes that record this kernel, or another one.",
    discussion: """
      Offsets of structures and positions of arguments come from the kernel's BTF, names of functions from kallsyms: of the running \
      kernel, or from files of another one. docs/recording.md says what each probe tells.

      Example: gpc-replay probes --btf Tests/Kernels/7.3.4+deb13-amd64 --kallsyms Tests/Kernels/7.3.4+deb13-amd64/kallsyms
      """)

  @OptionGroup var kernel: KernelArguments

  func run() throws {
    try printOut(kernel.plan().listing(group: "gpc", version: Tool.version))
  }
}

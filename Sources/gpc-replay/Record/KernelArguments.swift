// The options that say which kernel probes are for.

import ArgumentParser
import BTF
import Probes

struct KernelArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Another kernel's BTF: a folder with its vmlinux and kvm (copies of /sys/kernel/btf/vmlinux and …/kvm, or vmlinux and kvm.ko).",
      valueName: "dir"))
  var btf: String?

  @Option(help: ArgumentHelp("A copy of that kernel's /proc/kallsyms, with kvm loaded.", valueName: "file"))
  var kallsyms: String?

  @Option(help: "That kernel's release (uname -r), for the comments.")
  var release: String?

  @Option(
    name: .customLong("symbol"),
    help: ArgumentHelp(
      "A patched kernel calls this event's function otherwise: gpc_invalidate_start=gfn_to_pfn_cache_invalidate. Repeatable.",
      valueName: "event=function"))
  var symbols: [RenamedSymbol] = []

  func plan(root: String = "") throws -> ProbePlan {
    let files = KernelFiles(root: root, btf: btf, kallsyms: kallsyms, release: release)
    let renamed = Dictionary(symbols.map { ($0.event, $0.function) }) { _, last in last }
    do throws(ProbesError) {
      return try files.plan(renamed: renamed)
    } catch {
      throw fail(error.sentence + hint(error, files))
    }
  }

  /// What to do about BTF that is not there.
  private func hint(_ error: ProbesError, _ files: KernelFiles) -> String {
    guard files.isRunning, case .btf(_, .system) = error else { return "" }
    return " The kernel needs CONFIG_DEBUG_INFO_BTF and CONFIG_DEBUG_INFO_BTF_MODULES, and kvm loaded (modprobe kvm);"
      + " docs/recording.md says what to do without."
  }
}

/// `EVENT=FUNCTION`.
struct RenamedSymbol: ExpressibleByArgument {
  let event: String
  let function: String

  init?(argument: String) {
    let words = argument.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
    guard words.count == 2, !words[0].isEmpty, Self.isName(words[1]) else { return nil }
    event = words[0]
    function = words[1]
  }

  /// What C and kallsyms call a function: nothing that a line of kprobe_events or a shell would take for more.
  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count < 128
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}

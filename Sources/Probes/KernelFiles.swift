// Where a kernel's BTF and symbols are read: the running one's, or files copied from another host.

import BTF
import Glibc

/// The kernel to make probes for.
package struct KernelFiles: Equatable, Sendable {
  /// A folder with `vmlinux` and `kvm` (or `kvm.ko`), as /sys/kernel/btf is one.
  package let btf: String
  /// nil: not at hand.
  package let kallsyms: String?
  package let release: String?
  /// It is the kernel that runs here.
  package let isRunning: Bool

  /// - Parameters:
  ///   - root: what stands for `/`, where /sys and /proc are.
  ///   - btf: nil: the running kernel's.
  package init(root: String = "", btf: String?, kallsyms: String?, release: String?) {
    isRunning = btf == nil
    self.btf = btf ?? root + "/sys/kernel/btf"
    self.kallsyms = kallsyms ?? (btf == nil ? root + "/proc/kallsyms" : nil)
    self.release = release ?? (btf == nil ? Self.runningRelease(root) : nil)
  }

  private static func runningRelease(_ root: String) -> String? {
    var names = utsname()
    guard root.isEmpty, uname(&names) == 0 else { return SmallText.line(root + "/proc/sys/kernel/osrelease") }
    return withUnsafeBytes(of: &names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// - Parameter renamed: functions of a patched kernel, by event.
  package func plan(renamed: [String: String] = [:]) throws(ProbesError) -> ProbePlan {
    var symbols: KernelSymbols?
    if let kallsyms {
      let found = try KernelSymbols(path: kallsyms, functions: ProbePlan.functions(renamed))
      guard found.hasKVM else { throw .noKVM(kallsyms) }
      symbols = found
    }
    let base = try read("vmlinux", nil)
    if let symbols, !symbols.isModule {
      return try ProbePlan(types: base, symbols: symbols, release: release, renamed: renamed)
    }
    let name = access(btf + "/kvm", F_OK) != 0 && access(btf + "/kvm.ko", F_OK) == 0 ? "kvm.ko" : "kvm"
    return try ProbePlan(types: read(name, base), symbols: symbols, release: release, renamed: renamed)
  }

  private func read(_ name: String, _ base: BTF?) throws(ProbesError) -> BTF {
    let path = btf + "/" + name
    do throws(BTFFileError) {
      return try BTF.read(path, base: base)
    } catch {
      // A module lies packed in its folder, and BTF is often copied so.
      if case .system(ENOENT) = error,
        let packing = BTFFileError.packings.first(where: { access(path + $0.suffix, F_OK) == 0 })
      {
        throw .btf(path + packing.suffix, .packed(packing.program))
      }
      throw .btf(path, error)
    }
  }
}

/// A file of a line or a few, as /proc and tracefs have them.
package enum SmallText {
  /// At most 64 KiB of it; nil: it cannot be read.
  package static func read(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 4096)
    while bytes.count < 1 << 16 {
      let count = Glibc.read(descriptor, &block, block.count)
      if count < 0 && errno == EINTR { continue }
      if count < 0 { return nil }
      if count == 0 { break }
      bytes += block[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Its first line.
  package static func line(_ path: String) -> String? {
    read(path).map { String($0.prefix { $0 != "\n" }) }
  }
}

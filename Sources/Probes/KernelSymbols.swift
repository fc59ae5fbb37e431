// The functions of KVM that a kernel has, by /proc/kallsyms.

import Glibc

/// How kallsyms lists a function.
package enum SymbolAnswer: Equatable, Sendable {
  case found(Symbol)
  /// Its name occurs several times: the kernel refuses a probe, or puts it on the wrong one.
  case twice
  case missing

  /// A symbol to put a probe on.
  package struct Symbol: Equatable, Sendable {
    package let name: String
    /// The compiler changed the arguments (`.isra`, `.constprop`): where they are is not known.
    package let hasOtherArguments: Bool
    /// Copies of the function, which this symbol's probe does not see.
    package let copies: [String]
  }
}

/// What kallsyms lists under the names that were asked for, suffixes included.
package struct KernelSymbols: Equatable, Sendable {
  /// By name, how often it is listed.
  private var inModule: [String: Int] = [:]
  private var builtIn: [String: Int] = [:]

  /// No longer than the kernel's own limit for a name, with address and module.
  private static let lineBytesMax = 1024

  /// Reads a file of the form of /proc/kallsyms.
  /// - Parameter functions: what is looked for; other lines are passed over.
  package init(path: String, functions: Set<String>) throws(ProbesError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path, errno: errno) }
    defer { close(descriptor) }
    var line: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &block, block.count)
      if count < 0 && errno == EINTR { continue }
      if count < 0 { throw .unreadable(path, errno: errno) }
      if count == 0 { break }
      for byte in block[..<count] {
        if byte == UInt8(ascii: "\n") {
          take(line, functions)
          line.removeAll(keepingCapacity: true)
        } else if line.count < Self.lineBytesMax {
          line.append(byte)
        }
      }
    }
    take(line, functions)
  }

  /// `ffffffffc06496b0 t kvm_gpc_check\t[kvm]`.
  private mutating func take(_ line: [UInt8], _ functions: Set<String>) {
    let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    guard words.count == 3 || words.count == 4, words[1].elementsEqual("t".utf8) || words[1].elementsEqual("T".utf8)
    else { return }
    let name = String(decoding: words[2], as: UTF8.self)
    guard functions.contains(String(name.prefix { $0 != "." })) else { return }
    if words.count == 3 {
      builtIn[name, default: 0] += 1
    } else if words[3].elementsEqual("[kvm]".utf8) {
      inModule[name, default: 0] += 1
    }
  }

  /// KVM is a module: its probes are put on `kvm:FUNCTION`.
  package var isModule: Bool { !inModule.isEmpty }
  package var hasKVM: Bool { !inModule.isEmpty || !builtIn.isEmpty }

  package func find(_ function: String) -> SymbolAnswer {
    let symbols = isModule ? inModule : builtIn
    // A part or a cold half is no entry of the function.
    let entries = symbols.keys.sorted().filter { name in
      name == function
        || name.hasPrefix(function + ".") && !name.contains(".cold") && !name.contains(".part.")
    }
    guard let first = entries.first else { return .missing }
    if entries.contains(where: { symbols[$0] != 1 }) { return .twice }
    if first != function && entries.count > 1 { return .twice }
    let changed = first.contains(".isra.") || first.contains(".constprop.")
    return .found(
      SymbolAnswer.Symbol(name: first, hasOtherArguments: changed, copies: Array(entries.dropFirst())))
  }
}

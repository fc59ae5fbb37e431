// Lines of perf script text that are not records.

import KVMEvents

enum PerfScriptNote {
  /// `# os release : 6.12.95+deb12-amd64`, in the header.
  case release(KernelRelease)
  /// `# cmdline : …`: the header that `--header` prints.
  case header
  /// A tab, an address and a symbol: one entry of a call chain.
  case chainEntry
  /// Ends a call chain.
  case empty

  init?(_ line: Line) {
    var place = line.start
    skipBlanks(&place, line.end)
    if place == line.end {
      self = .empty
    } else if line.start.byte == UInt8(ascii: "#") {
      self = Self.release(line).map { .release($0) } ?? .header
    } else if line.start.byte == 0x09 {
      self = .chainEntry
    } else {
      return nil
    }
  }

  private static func release(_ line: Line) -> KernelRelease? {
    var place = line.start
    guard skip("# os release : ", &place, line.end) else { return nil }
    return KernelRelease(String(decoding: UnsafeRawBufferPointer(start: place, count: line.end - place), as: UTF8.self))
  }
}

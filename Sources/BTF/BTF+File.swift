// BTF from a file: as /sys/kernel/btf has it, or the section `.BTF` of an ELF file (vmlinux, kvm.ko).

import Glibc

/// Why a file gives no BTF.
package enum BTFFileError: Error, Equatable, Sendable {
  /// `open()` or `read()` failed with this errno.
  case system(errno: Int32)
  case fault(BTFFault)
  /// By this program.
  case packed(String)

  /// A predicate to the file's name.
  package var predicate: String {
    switch self {
    case .system(let number): "cannot be read: \(String(cString: strerror(number)))"
    case .fault(let fault): fault.predicate
    case .packed(let program): "is packed by \(program): unpack it first (\(program) -d)"
    }
  }

  /// The ends of packed files' names, their first bytes, and what unpacks them.
  package static let packings: [(suffix: String, magic: [UInt8], program: String)] = [
    (".zst", [0x28, 0xb5, 0x2f, 0xfd], "zstd"), (".xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "xz"),
    (".gz", [0x1f, 0x8b], "gzip"),
  ]
}

extension BTF {
  /// A vmlinux with debug information has some hundred megabytes; its `.BTF` alone is read.
  package static func read(_ path: String, base: BTF? = nil) throws(BTFFileError) -> BTF {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(errno: errno) }
    defer { close(descriptor) }
    let file = BoundedFile(descriptor)
    let head = try file.bytes(at: 0, count: ELFSection.headBytes)
    if let packing = BTFFileError.packings.first(where: { head.starts(with: $0.magic) }) {
      throw .packed(packing.program)
    }
    do throws(BTFFault) {
      if ELFSection.isELF(head) {
        guard let section = try ELFSection.find(".BTF", in: file, head: head) else { throw BTFFault.noSection }
        return try BTF(section, base: base)
      }
    } catch {
      throw .fault(error)
    }
    let bytes = try file.bytes(at: 0, count: bytesMax + 1)
    do throws(BTFFault) {
      return try BTF(bytes, base: base)
    } catch {
      throw .fault(error)
    }
  }
}

/// A file of which parts are read; a file of /sys gives its bytes a page at a time.
struct BoundedFile {
  private let descriptor: Int32

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// As many bytes as there are, at most `count`.
  func bytes(at offset: Int, count: Int) throws(BTFFileError) -> [UInt8] {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < count {
      let wanted = min(block.count, count - bytes.count)
      let got = pread(descriptor, &block, wanted, off_t(offset + bytes.count))
      if got < 0 && errno == EINTR { continue }
      if got < 0 { throw .system(errno: errno) }
      if got == 0 { break }
      bytes += block[..<got]
    }
    return bytes
  }
}

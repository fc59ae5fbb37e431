// Why BTF cannot be read or used, in sentences.

/// What is wrong with BTF: each is a predicate to a file's name.
package enum BTFFault: Error, Equatable, Sendable {
  /// It ends before what its header or a type says.
  case truncated
  case notBTF
  case otherByteOrder
  case version(UInt8)
  /// More bytes than any kernel's BTF has.
  case tooLarge
  /// A type of a kind that this reader does not know, or with bits set that it does not know.
  case unknownKind(UInt8, id: UInt32)
  /// A type or a string that is not there, or not where one begins.
  case badReference(id: UInt32)
  /// It is damaged, or follows from another base: types lead to each other without end.
  case endless
  /// An ELF file without the section `.BTF`.
  case noSection

  package var predicate: String {
    switch self {
    case .truncated: "is truncated: it ends before its own header says"
    case .notBTF: "is no BTF"
    case .otherByteOrder: "is BTF of a machine with the other byte order"
    case .version(let version): "is BTF of version \(version); version 1 is known here"
    case .tooLarge: "is too large to be a kernel's BTF"
    case .unknownKind(let kind, let id): "has type \(id) of kind \(kind), which is not known here"
    case .badReference(let id):
      "is damaged, or belongs to another vmlinux: type \(id) names something that is not there"
    case .endless: "is damaged, or belongs to another vmlinux: its types lead to each other without end"
    case .noSection: "is an ELF file without BTF (CONFIG_DEBUG_INFO_BTF)"
    }
  }
}

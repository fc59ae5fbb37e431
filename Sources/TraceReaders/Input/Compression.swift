// The compression of a file, by its first bytes and never by the file's name.

enum Compression {
  case none
  case zstd
  case gzip
  case xz

  /// The number of bytes needed to recognise it.
  static let magicBytes = 6

  init(magic: UnsafeRawBufferPointer) {
    if magic.starts(with: Self.zstdMagic) || Self.isSkippableFrame(magic) || Self.isCutZstd(magic) {
      self = .zstd
    } else if magic.starts(with: [0x1f, 0x8b]) {
      self = .gzip
    } else if magic.starts(with: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) {
      self = .xz
    } else {
      self = .none
    }
  }

  private static let zstdMagic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]

  /// A file with only the first bytes of zstd's magic: worth reporting as truncated.
  private static func isCutZstd(_ magic: UnsafeRawBufferPointer) -> Bool {
    magic.count >= 2 && magic.count < 4 && magic.elementsEqual(zstdMagic.prefix(magic.count))
  }

  /// A zstd stream may begin with frames for other readers (`ZSTD_MAGIC_SKIPPABLE_START`; pzstd writes them).
  private static func isSkippableFrame(_ magic: UnsafeRawBufferPointer) -> Bool {
    magic.count >= 4 && magic[0] & 0xf0 == 0x50 && magic[1...3].elementsEqual([0x2a, 0x4d, 0x18])
  }
}

// The checksum that each page of a database ends with, in the layout and by the algorithm of SQLite's cksumvfs.

/// Two sums of 32 bits over a page's words, each of which takes in the other: a change of one word always shows, and an
/// exchange of two nearly always. No protection against a person who means to deceive.
/// Source: https://sqlite.org/cksumvfs.html.
struct PageChecksum: Equatable {
  /// The last bytes of each page, which SQLite leaves alone ("reserved space" in the file's header).
  static let byteCount = 8

  private var first: UInt32 = 0
  private var second: UInt32 = 0

  init() {}

  /// Of `bytes`, without a checksum; their count is a multiple of 8.
  @inline(__always) init(of bytes: UnsafeRawBufferPointer) { add(bytes) }

  /// As it is stored: both sums, little-endian.
  var stored: UInt64 { (UInt64(first) | UInt64(second) << 32).littleEndian }

  /// The same checksum with more bytes after those so far.
  @inline(__always) mutating func add(_ bytes: UnsafeRawBufferPointer) {
    guard var place = bytes.baseAddress else { return }
    let end = place + bytes.count
    // Four pairs in a turn: the bounds cost as much as a pair.
    while end - place >= 32 {
      addPair(at: place)
      addPair(at: place + 8)
      addPair(at: place + 16)
      addPair(at: place + 24)
      place += 32
    }
    while place < end {
      addPair(at: place)
      place += 8
    }
  }

  @inline(__always) private mutating func addPair(at place: UnsafeRawPointer) {
    first &+= UInt32(littleEndian: place.loadUnaligned(as: UInt32.self)) &+ second
    second &+= UInt32(littleEndian: place.loadUnaligned(fromByteOffset: 4, as: UInt32.self)) &+ first
  }

  /// Writes it to the end of a page of `size` bytes.
  static func set(_ page: UnsafeMutableRawPointer, size: Int) {
    let content = size - byteCount
    page.storeBytes(
      of: PageChecksum(of: UnsafeRawBufferPointer(start: page, count: content)).stored, toByteOffset: content,
      as: UInt64.self)
  }

  /// Does the page end with the checksum of what it holds?
  static func holds(_ page: UnsafeRawPointer, size: Int) -> Bool {
    let content = size - byteCount
    return PageChecksum(of: UnsafeRawBufferPointer(start: page, count: content)).stored
      == page.loadUnaligned(fromByteOffset: content, as: UInt64.self)
  }
}

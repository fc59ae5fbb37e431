// The recordings of a batch: words of the command line, or a list that is read while they are judged.

import Glibc

/// Paths in their order, as bytes until they are looked at. A list of any length takes no more memory than its longest
/// path.
struct PathList {
  enum Path: Equatable {
    case path(String)
    /// No file can have that name here: what it is, and the name as far as it can be printed.
    case unusable(String, why: String)
  }

  /// The descriptor to read from when `next` has nothing; nil: all has been read.
  private(set) var descriptor: Int32?
  /// nil: not known, as the list is a pipe.
  let count: Int?
  private let separator: UInt8
  private var paths: [String]
  private var pending: [UInt8] = []
  /// Where in `pending` the rest begins.
  private var place = 0
  /// Of the path that `pending` ends with, its bytes beyond `PATH_MAX` are dropped.
  private var isTooLong = false

  private static let blockSize = 1 << 16
  private static let carriageReturn = UInt8(ascii: "\r")

  init(_ paths: [String]) {
    self.paths = paths.reversed()
    count = paths.count
    separator = 0
  }

  /// - Parameters:
  ///   - list: a path, or `-`.
  ///   - endsWithNull: paths end with NUL instead of a newline.
  /// - Returns: nil: it cannot be opened, says errno.
  init?(list: String, endsWithNull: Bool) {
    let opened = list == "-" ? STDIN_FILENO : open(list, O_RDONLY | O_CLOEXEC)
    var status = stat()
    guard opened >= 0, fstat(opened, &status) == 0 else { return nil }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      errno = EISDIR
      return nil
    }
    separator = endsWithNull ? 0 : UInt8(ascii: "\n")
    paths = []
    descriptor = opened
    count = status.st_mode & S_IFMT == S_IFREG ? Self.count(separator, in: opened) : nil
  }

  /// Paths in a file, which is left at the place where it was; nil: it cannot be read.
  private static func count(_ separator: UInt8, in descriptor: Int32) -> Int? {
    let start = lseek(descriptor, 0, SEEK_CUR)
    var block = [UInt8](repeating: 0, count: blockSize)
    var count = 0
    var last = separator
    while true {
      let size = read(descriptor, &block, block.count)
      if size < 0 { return nil }
      if size == 0 { break }
      for byte in block[..<size] {
        // Empty ones are none.
        if byte == separator, last != separator { count += 1 }
        if byte != carriageReturn || separator == 0 { last = byte }
      }
    }
    if last != separator { count += 1 }
    return lseek(descriptor, start, SEEK_SET) == start ? count : nil
  }

  /// The next path; nil: `fill` first, or there is none if `descriptor` is nil.
  mutating func next() -> Path? {
    if let path = paths.popLast() { return Self.looked(at: Array(path.utf8)) }
    while let end = pending[place...].firstIndex(of: separator) {
      let bytes = pending[place..<end]
      place = end + 1
      if let path = taken(bytes) { return path }
    }
    pending.removeSubrange(..<place)
    place = 0
    if descriptor == nil, !pending.isEmpty {
      let bytes = pending[...]
      pending = []
      return taken(bytes)
    }
    if pending.count > PATH_MAX {
      pending.removeSubrange(Int(PATH_MAX)...)
      isTooLong = true
    }
    return nil
  }

  private mutating func taken(_ bytes: ArraySlice<UInt8>) -> Path? {
    defer { isTooLong = false }
    // An editor of another system ends lines with both.
    let bytes = separator != 0 && bytes.last == Self.carriageReturn ? bytes.dropLast() : bytes
    if bytes.isEmpty { return nil }
    if isTooLong || bytes.count >= PATH_MAX {
      return .unusable(Self.shown(bytes), why: "it has a name that is longer than any path")
    }
    return Self.looked(at: Array(bytes))
  }

  private static func looked(at bytes: [UInt8]) -> Path {
    if bytes.contains(0) {
      return .unusable(shown(bytes[...]), why: "it has a name with a NUL in it (--null separates by it)")
    }
    guard let path = String(validating: bytes, as: UTF8.self) else {
      return .unusable(shown(bytes[...]), why: "it has a name that is not UTF-8")
    }
    return .path(path)
  }

  private static func shown(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes.prefix(64), as: UTF8.self) }

  /// Reads more of the list.
  /// - Returns: false: it cannot be read, says errno.
  mutating func fill() -> Bool {
    guard let descriptor else { return true }
    var block = [UInt8](repeating: 0, count: Self.blockSize)
    let size = read(descriptor, &block, block.count)
    if size < 0 { return errno == EINTR || errno == EAGAIN }
    if size == 0 {
      if descriptor != STDIN_FILENO { close(descriptor) }
      self.descriptor = nil
    }
    pending += block[..<size]
    return true
  }
}

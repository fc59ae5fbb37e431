// What one CPU recorded, on its way to the recording: a file beside it, gone in the end.

import FileSystem
import Glibc

/// Why a recording could not be written.
package enum RecordingFileError: Error, Equatable, Sendable {
  /// `doing` as a predicate, and its errno.
  case system(path: String, doing: String, errno: Int32)
  /// The ring itself could not be read.
  case ring(cpu: Int, errno: Int32)

  package var sentence: String {
    switch self {
    case .system(let path, let doing, let number): "\(path) \(doing): \(String(cString: strerror(number)))."
    case .ring(let cpu, let number):
      "The ring of CPU \(cpu) cannot be read: \(String(cString: strerror(number)))."
    }
  }
}

/// A file that pages are added to.
final class PageFile {
  let path: String
  private let descriptor: Int32
  private(set) var bytes: Int64 = 0

  init(_ path: String) throws(RecordingFileError) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw .system(path: path, doing: "cannot be made", errno: errno) }
  }

  deinit {
    close(descriptor)
    unlink(path)
  }

  func append(_ block: UnsafeRawBufferPointer) throws(RecordingFileError) {
    try PageFile.write(block, to: descriptor, at: bytes, path)
    bytes += Int64(block.count)
  }

  static func write(
    _ block: UnsafeRawBufferPointer, to descriptor: Int32, at start: Int64, _ path: String
  ) throws(RecordingFileError) {
    var written = 0
    while written < block.count {
      let rest = UnsafeRawBufferPointer(rebasing: block[written...])
      let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(start) + off_t(written))
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { throw .system(path: path, doing: "cannot be written", errno: count < 0 ? errno : ENOSPC) }
      written += count
    }
  }

  static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(RecordingFileError) {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { block.deallocate() }
    block.copyBytes(from: bytes)
    try write(UnsafeRawBufferPointer(block), to: descriptor, at: 0, path)
  }

  /// Copies all of it into another file, from the end on. What was moved is given back at once, so that a recording
  /// does not need its size twice.
  /// - Parameters:
  ///   - start: where its first byte comes to stand.
  ///   - isMoved: it holds nothing afterwards.
  func copy(to target: Int32, at start: Int64, _ targetPath: String, isMoved: Bool) throws(RecordingFileError) {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { block.deallocate() }
    var rest = bytes
    while rest > 0 {
      let place = (rest - 1) / Int64(block.count) * Int64(block.count)
      let part = UnsafeMutableRawBufferPointer(rebasing: block[..<Int(rest - place)])
      try read(into: part, at: place)
      try PageFile.write(UnsafeRawBufferPointer(part), to: target, at: start + place, targetPath)
      if isMoved, ftruncate(descriptor, off_t(place)) != 0 {
        throw .system(path: path, doing: "cannot be cut", errno: errno)
      }
      rest = place
    }
    if isMoved { bytes = 0 }
  }

  private func read(into block: UnsafeMutableRawBufferPointer, at place: Int64) throws(RecordingFileError) {
    let count: Int
    do throws(SystemCallError) {
      count = try FileSystem.read(descriptor, at: place, into: block, path)
    } catch {
      throw .system(path: path, doing: "cannot be read", errno: error.errno)
    }
    if count < block.count { throw .system(path: path, doing: "cannot be read", errno: EIO) }
  }

  /// Adds the last page of another one.
  func appendLastPage(of other: PageFile, pageBytes: Int) throws(RecordingFileError) {
    guard other.bytes >= Int64(pageBytes) else { return }
    let page = UnsafeMutableRawBufferPointer.allocate(byteCount: pageBytes, alignment: 16)
    defer { page.deallocate() }
    try other.read(into: page, at: other.bytes - Int64(pageBytes))
    try append(UnsafeRawBufferPointer(page))
  }

  /// Marks the first page as the kernel marks one that events were lost before: bit 31 of its commit, how many is not
  /// told (RB_MISSED_EVENTS, kernel/trace/ring_buffer.c).
  func markLossBeforeFirstPage() throws(RecordingFileError) {
    guard bytes >= 16 else { return }
    var commit: UInt64 = 0
    try withUnsafeMutableBytes(of: &commit) { word throws(RecordingFileError) in try read(into: word, at: 8) }
    commit |= 1 << 31
    try withUnsafeBytes(of: &commit) { word throws(RecordingFileError) in
      try PageFile.write(word, to: descriptor, at: 8, path)
    }
  }
}

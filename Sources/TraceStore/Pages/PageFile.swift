// The file's pages, except those that SQLite writes: allocates numbers, writes whole pages to the disk.

import FileSystem
import Glibc

/// Appends pages to a database that SQLite has created and does not use at the same time.
final class PageFile {
  /// As fast to fill as 32 KiB, and a small recording's database, with a page or two per table, is half as large.
  static let pageSize = 16384
  /// SQLite keeps its locks on the bytes from 1 GiB on; the page they are in holds no data.
  private static let lockPage = UInt32((1 << 30) / pageSize + 1)

  /// Of a page, without its checksum.
  static let usableSize = pageSize - PageChecksum.byteCount

  private let descriptor: Int32
  private let path: String
  private var pageCount: UInt32

  /// The caller keeps ownership of `descriptor`.
  init(descriptor: Int32, path: String) throws(TraceStoreError) {
    self.descriptor = descriptor
    self.path = path
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw PartialFile.failure("fstat", path) }
    pageCount = UInt32(Int(status.st_size) / PageFile.pageSize)
  }

  /// The number of a new page at the end of the file.
  func allocate() -> UInt32 {
    pageCount += 1
    if pageCount == PageFile.lockPage { pageCount += 1 }
    return pageCount
  }

  /// With its checksum, which it gets here.
  func write(_ page: UnsafeMutableRawPointer, to number: UInt32) throws(TraceStoreError) {
    PageChecksum.set(page, size: PageFile.pageSize)
    try write(page, count: PageFile.pageSize, at: Int(number - 1) * PageFile.pageSize)
  }

  /// Makes the pages known to SQLite: the size of the database, and a change counter that makes it drop its cache.
  func finish() throws(TraceStoreError) {
    let page = UnsafeMutableRawPointer.allocate(byteCount: PageFile.pageSize, alignment: 16)
    defer { page.deallocate() }
    let block = UnsafeMutableRawBufferPointer(start: page, count: PageFile.pageSize)
    let count: Int
    do throws(SystemCallError) {
      count = try FileSystem.read(descriptor, at: 0, into: block, path)
    } catch {
      throw TraceStoreError(error)
    }
    guard count == block.count else { throw .unreadable(path: path, reason: "it is cut off") }
    let changes = UInt32(bigEndian: page.load(fromByteOffset: 24, as: UInt32.self)) &+ 1
    page.storeBytes(of: changes.bigEndian, toByteOffset: 24, as: UInt32.self)
    page.storeBytes(of: pageCount.bigEndian, toByteOffset: 28, as: UInt32.self)
    page.storeBytes(of: changes.bigEndian, toByteOffset: 92, as: UInt32.self)
    try write(page, to: 1)
  }

  private func write(_ start: UnsafeRawPointer, count: Int, at offset: Int) throws(TraceStoreError) {
    var done = 0
    while done < count {
      let written = pwrite(descriptor, start + done, count - done, off_t(offset + done))
      guard written > 0 else {
        if errno == EINTR { continue }
        throw PartialFile.failure("write", path)
      }
      done += written
    }
  }
}

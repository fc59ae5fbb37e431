// The row of the table `page_seal`: what the pages of a whole database were when gpc-replay last wrote to it.

import CSQLite

/// Each page's checksum shows that the page is as it was written, and this that all of them are of one time, each in
/// its place: a page of an older state, or of another place, has a right checksum.
struct PageSeal: Equatable {
  /// From the file's header: another program that writes changes it.
  private let changeCounter: Int64
  private let pageCount: Int64
  /// Of all pages' checksums in the order of the pages, without the first page and the one that this row is in.
  private let checksum: Int64

  /// SQLite keeps its locks on the bytes from 1 GiB on; the page they are in holds no data.
  private static let lockedByte: Int64 = 1 << 30

  /// Throws `changed` if the pages are not those that were sealed last. Reads eight bytes of each page.
  static func check(_ connection: Connection) throws(TraceStoreError) {
    // While it stays at its row, SQLite holds the lock.
    let row = try connection.prepare("SELECT change_counter, page_count, checksum FROM page_seal")
    guard try row.step() else { throw notOneState(connection) }
    let stored = PageSeal(
      changeCounter: row.integer("change_counter"), pageCount: row.integer("page_count"),
      checksum: row.integer("checksum"))
    let counted = try PageSeal(of: connection)
    guard counted == stored else { throw notOneState(connection) }
  }

  /// Ends the transaction with a seal of what it leaves. No statement is under way.
  static func commit(on connection: Connection) throws(TraceStoreError) {
    if CheckedFile.of(connection.handle)?.pointee.isChecked == true {
      // All pages into the file, but the first and this row's, which the seal leaves out.
      try connection.check(sqlite3_db_cacheflush(connection.handle), doing: "db_cacheflush")
      let seal = try PageSeal(of: connection)
      // SQLite counts a change when it writes the first page, at the very end.
      try connection.prepare(
        "UPDATE page_seal SET change_counter = ?1, page_count = ?2, checksum = ?3",
        [(seal.changeCounter + 1) & 0xffff_ffff, seal.pageCount, seal.checksum]
      ).run()
    }
    try connection.execute("COMMIT")
  }

  private static func notOneState(_ connection: Connection) -> TraceStoreError {
    .changed(path: connection.path, what: "its pages are not those that gpc-replay wrote last")
  }

  private init(changeCounter: Int64, pageCount: Int64, checksum: Int64) {
    self.changeCounter = changeCounter
    self.pageCount = pageCount
    self.checksum = checksum
  }

  /// Of the pages as they are in the file.
  private init(of connection: Connection) throws(TraceStoreError) {
    guard let file = CheckedFile.plain(of: connection.handle), let read = file.pointee.pMethods?.pointee.xRead else {
      throw PageSeal.notOneState(connection)
    }
    let size = try connection.integer("PRAGMA page_size")
    let own = try connection.integer("SELECT rootpage FROM sqlite_schema WHERE name = 'page_seal'")
    pageCount = try connection.integer("PRAGMA page_count")
    func word(at offset: Int64) throws(TraceStoreError) -> UInt64 {
      var word: UInt64 = 0
      let code = read(file, &word, Int32(PageChecksum.byteCount), offset)
      // Pages that are not written yet, or never will be, read as zeros.
      guard code == SQLITE_OK || code == CheckedFile.shortRead else { throw connection.error(code, doing: "read") }
      return word
    }
    changeCounter = Int64(UInt64(bigEndian: try word(at: 24)) >> 32)
    var checksum = PageChecksum()
    for page in 1..<pageCount where page + 1 != own && page != PageSeal.lockedByte / size {
      let word = try word(at: (page + 1) * size - Int64(PageChecksum.byteCount))
      withUnsafeBytes(of: word) { checksum.add($0) }
    }
    self.checksum = Int64(bitPattern: checksum.stored)
  }
}

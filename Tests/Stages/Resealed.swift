// Checksums and seal of a database, set again after plain SQLite wrote to it: so that the stages see what it wrote.

import CSQLite
import Glibc

/// Shares nothing with the store's own checksums: each sum is taken word by word, as SQLite's cksumvfs documents it.
package enum Resealed {
  /// Makes whatever the file at `path` holds a database whose pages are whole and belong together, if it is an SQLite
  /// database with the table `page_seal`.
  package static func seal(_ path: String) {
    var database: OpaquePointer?
    guard sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else { return }
    defer { sqlite3_close(database) }
    guard let size = number(database, "PRAGMA page_size"), let count = number(database, "PRAGMA page_count"),
      let own = number(database, "SELECT rootpage FROM sqlite_schema WHERE name = 'page_seal'")
    else { return }
    var sums: [UInt8] = []
    for page in 1...max(1, count) where page != 1 && page != own && page != (1 << 30) / size + 1 {
      sums += sign(path, page: page, size: size)
    }
    let seal = checksum(sums).withUnsafeBytes { $0.loadUnaligned(as: Int64.self) }
    let counter = header(path) + 1
    sqlite3_exec(
      database,
      """
      UPDATE page_seal SET change_counter = \(counter), page_count = \(count),
        checksum = \(seal)
      """, nil, nil, nil)
    for page in [1, own] { _ = sign(path, page: page, size: size) }
  }

  /// Gives the page its checksum. Returns it.
  private static func sign(_ path: String, page: Int, size: Int) -> [UInt8] {
    let descriptor = open(path, O_RDWR)
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: size)
    guard pread(descriptor, &bytes, size, off_t((page - 1) * size)) == size else { return checksum([]) }
    let sum = checksum(bytes.dropLast(8))
    pwrite(descriptor, sum, 8, off_t(page * size - 8))
    return sum
  }

  /// The file's change counter.
  private static func header(_ path: String) -> UInt32 {
    let descriptor = open(path, O_RDONLY)
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4)
    pread(descriptor, &bytes, 4, 24)
    return bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }

  package static func checksum(_ bytes: some Collection<UInt8>) -> [UInt8] {
    let bytes = Array(bytes)
    var sums: (UInt32, UInt32) = (0, 0)
    bytes.withUnsafeBytes { bytes in
      for place in stride(from: 0, to: bytes.count, by: 8) {
        sums.0 = sums.0 &+ bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self) &+ sums.1
        sums.1 = sums.1 &+ bytes.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self) &+ sums.0
      }
    }
    return withUnsafeBytes(of: sums.0, Array.init) + withUnsafeBytes(of: sums.1, Array.init)
  }

  private static func number(_ database: OpaquePointer?, _ sql: String) -> Int? {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK else { return nil }
    defer { sqlite3_finalize(statement) }
    return sqlite3_step(statement) == SQLITE_ROW ? Int(sqlite3_column_int64(statement, 0)) : nil
  }
}

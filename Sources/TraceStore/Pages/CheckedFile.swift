// A database's file between SQLite and the operating system: sets the checksum of each page that is written, and
// refuses a page that does not have its own.

import CSQLite
import Glibc

/// A database file as SQLite holds it: SQLite allocates it, and the operating system's own file follows it. Journals
/// and temporary files are not wrapped.
struct CheckedFile {
  private var base = sqlite3_file()
  /// Its pages have checksums: a new file's have, else its header says.
  private(set) var isChecked: Bool
  /// The page that failed last, from 1; 0: none did.
  private(set) var damagedPage: Int64 = 0

  init(isChecked: Bool) {
    base.pMethods = UnsafePointer(CheckedFileSystem.shared.methods)
    self.isChecked = isChecked
  }

  /// `SQLITE_IOERR_DATA`, an expression that Swift does not import: what cksumvfs returns, too.
  static let damage = SQLITE_IOERR | 32 << 8

  /// `SQLITE_IOERR_SHORT_READ`: the file ends before; what is missing reads as zeros.
  static let shortRead = SQLITE_IOERR | 2 << 8

  /// Where the operating system's file is.
  static let size = (MemoryLayout<CheckedFile>.size + 15) & ~15

  /// Of an open database; nil: it is in no file, or not opened as one of this type.
  static func of(_ handle: OpaquePointer, _ schema: String = "main") -> UnsafeMutablePointer<CheckedFile>? {
    guard let file = plain(of: handle, schema),
      file.pointee.pMethods == UnsafePointer(CheckedFileSystem.shared.methods)
    else { return nil }
    return UnsafeMutableRawPointer(file).assumingMemoryBound(to: CheckedFile.self)
  }

  /// SQLite's own handle of an open database's file.
  static func plain(of handle: OpaquePointer, _ schema: String = "main") -> UnsafeMutablePointer<sqlite3_file>? {
    var file: UnsafeMutablePointer<sqlite3_file>?
    guard sqlite3_file_control(handle, schema, SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK,
      file?.pointee.pMethods != nil
    else { return nil }
    return file
  }

  /// SQLite reads and writes pages as a whole, and less than the smallest page of what is none.
  private static func isPage(_ count: Int) -> Bool { count >= 512 && count & (count - 1) == 0 }

  /// What was read: `SQLITE_OK`, or `damage`.
  fileprivate mutating func check(_ bytes: UnsafeMutableRawPointer, _ count: Int, at offset: Int64) -> Int32 {
    // The file's header. Once it had checksums, no header takes them away.
    if offset == 0, count >= 100, memcmp(bytes, "SQLite format 3", 16) == 0,
      bytes.load(fromByteOffset: 20, as: UInt8.self) == PageChecksum.byteCount
    {
      isChecked = true
    }
    guard isChecked, CheckedFile.isPage(count), !PageChecksum.holds(bytes, size: count) else { return SQLITE_OK }
    damagedPage = offset / Int64(count) + 1
    return CheckedFile.damage
  }

  /// In SQLite's own copy of the page, which it may yet put into a journal.
  fileprivate func seal(_ bytes: UnsafeRawPointer, _ count: Int) {
    guard isChecked, CheckedFile.isPage(count) else { return }
    PageChecksum.set(UnsafeMutableRawPointer(mutating: bytes), size: count)
  }
}

/// SQLite's view of the operating system, with `CheckedFile` for databases.
struct CheckedFileSystem: @unchecked Sendable {
  static let name = "gpc-replay"
  /// Registers it with the first use. Never freed: SQLite keeps the pointers, and nothing changes them.
  static let shared = CheckedFileSystem()

  fileprivate let methods: UnsafeMutablePointer<sqlite3_io_methods>
  /// `SQLITE_OK`, or why SQLite did not take it: there is not enough memory.
  let registration: Int32

  private init() {
    methods = .allocate(capacity: 1)
    methods.initialize(to: CheckedFileSystem.checkedMethods())
    let start = sqlite3_initialize()
    guard start == SQLITE_OK, let unix = sqlite3_vfs_find("unix") else {
      registration = start == SQLITE_OK ? SQLITE_ERROR : start
      return
    }
    // All but the opening of files is as it was: these functions do not look at the VFS that they are called with.
    let system = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    system.initialize(to: unix.pointee)
    system.pointee.pNext = nil
    system.pointee.zName = CheckedFileSystem.name.withCString { UnsafePointer(strdup($0)) }
    system.pointee.szOsFile += Int32(CheckedFile.size)
    system.pointee.pAppData = UnsafeMutableRawPointer(unix)
    system.pointee.xOpen = { system, name, file, flags, opened in
      guard let unix = system?.pointee.pAppData?.assumingMemoryBound(to: sqlite3_vfs.self), let file else {
        return SQLITE_MISUSE
      }
      guard flags & SQLITE_OPEN_MAIN_DB != 0 else { return unix.pointee.xOpen(unix, name, file, flags, opened) }
      file.pointee.pMethods = nil
      let below = systemFile(file)
      let code = unix.pointee.xOpen(unix, name, below, flags, opened)
      guard let methods = below.pointee.pMethods else { return code }
      var byteCount: Int64 = 0
      let sized = methods.pointee.xFileSize(below, &byteCount)
      guard sized == SQLITE_OK else {
        // A new file would be written without checksums.
        _ = methods.pointee.xClose(below)
        return sized
      }
      UnsafeMutableRawPointer(file).initializeMemory(
        as: CheckedFile.self, to: CheckedFile(isChecked: byteCount == 0 && flags & SQLITE_OPEN_CREATE != 0))
      return code
    }
    registration = sqlite3_vfs_register(system, 0)
  }

  /// Of version 1, so without a mapping of pages and without a write-ahead log, which bypass `xRead` and `xWrite`.
  private static func checkedMethods() -> sqlite3_io_methods {
    var methods = sqlite3_io_methods()
    methods.iVersion = 1
    methods.xClose = { below($0!).methods.xClose(below($0!).file) }
    methods.xRead = { file, bytes, count, offset in
      guard let file, let bytes else { return SQLITE_MISUSE }
      let code = below(file).methods.xRead(below(file).file, bytes, count, offset)
      return code == SQLITE_OK ? checked(file).pointee.check(bytes, Int(count), at: offset) : code
    }
    methods.xWrite = { file, bytes, count, offset in
      guard let file, let bytes else { return SQLITE_MISUSE }
      checked(file).pointee.seal(bytes, Int(count))
      return below(file).methods.xWrite(below(file).file, bytes, count, offset)
    }
    methods.xTruncate = { below($0!).methods.xTruncate(below($0!).file, $1) }
    methods.xSync = { below($0!).methods.xSync(below($0!).file, $1) }
    methods.xFileSize = { below($0!).methods.xFileSize(below($0!).file, $1) }
    methods.xLock = { below($0!).methods.xLock(below($0!).file, $1) }
    methods.xUnlock = { below($0!).methods.xUnlock(below($0!).file, $1) }
    methods.xCheckReservedLock = { below($0!).methods.xCheckReservedLock(below($0!).file, $1) }
    methods.xFileControl = { below($0!).methods.xFileControl(below($0!).file, $1, $2) }
    methods.xSectorSize = { below($0!).methods.xSectorSize(below($0!).file) }
    // Parts of pages are not read by themselves: they could not be checked.
    methods.xDeviceCharacteristics = { below($0!).methods.xDeviceCharacteristics(below($0!).file) & ~subpageRead }
    return methods
  }
}

/// `SQLITE_IOCAP_SUBPAGE_READ`, of SQLite 3.46 on.
private let subpageRead: Int32 = 0x8000

private func checked(_ file: UnsafeMutablePointer<sqlite3_file>) -> UnsafeMutablePointer<CheckedFile> {
  UnsafeMutableRawPointer(file).assumingMemoryBound(to: CheckedFile.self)
}

/// The operating system's file after a `CheckedFile`.
private func systemFile(_ file: UnsafeMutablePointer<sqlite3_file>) -> UnsafeMutablePointer<sqlite3_file> {
  (UnsafeMutableRawPointer(file) + CheckedFile.size).assumingMemoryBound(to: sqlite3_file.self)
}

private func below(
  _ file: UnsafeMutablePointer<sqlite3_file>
) -> (file: UnsafeMutablePointer<sqlite3_file>, methods: sqlite3_io_methods) {
  let file = systemFile(file)
  return (file, file.pointee.pMethods.pointee)
}

// The file descriptor: the file's bytes, counted and hashed while they are read.

import Glibc

struct InputFile: ~Copyable {
  /// -1: what is read is in `memory`.
  private let descriptor: Int32
  private let isOwned: Bool
  private var memory: ArraySlice<UInt8> = []
  private var hasher = ContentHash.Hasher()
  private(set) var bytesRead: Int64 = 0
  /// nil if the size is not known beforehand: a pipe, a terminal.
  let totalBytes: Int64?

  init(_ input: TraceInput) throws(TraceReadError) {
    let opened: Int32
    switch input {
    case .standardInput: opened = STDIN_FILENO
    case .file(let path): opened = open(path, O_RDONLY | O_CLOEXEC)
    case .bytes(let bytes):
      descriptor = -1
      isOwned = false
      memory = bytes[...]
      totalBytes = Int64(bytes.count)
      return
    }
    var status = stat()
    if opened < 0 || fstat(opened, &status) != 0 { throw .cannotOpen(errno: errno) }
    let type = status.st_mode & S_IFMT
    if type == S_IFDIR {
      close(opened)
      throw .isDirectory
    }
    descriptor = opened
    isOwned = opened != STDIN_FILENO
    totalBytes = type == S_IFREG ? Int64(status.st_size) : nil
  }

  deinit {
    if isOwned { close(descriptor) }
  }

  /// Bytes read to the start of `block`; 0 at the end.
  mutating func read(into block: UnsafeMutableRawBufferPointer) throws(TraceReadError) -> Int {
    if descriptor < 0 { return readMemory(into: block) }
    while true {
      let count = Glibc.read(descriptor, block.baseAddress, block.count)
      if count >= 0 {
        bytesRead += Int64(count)
        hasher.update(UnsafeRawBufferPointer(rebasing: block[..<count]))
        return count
      }
      if errno != EINTR { throw .readFailed(errno: errno) }
    }
  }

  private mutating func readMemory(into block: UnsafeMutableRawBufferPointer) -> Int {
    let piece = memory.prefix(block.count)
    block.copyBytes(from: piece)
    memory.removeFirst(piece.count)
    bytesRead += Int64(piece.count)
    hasher.update(UnsafeRawBufferPointer(rebasing: block[..<piece.count]))
    return piece.count
  }

  /// The same file, for random access; nil: it is a pipe or the like.
  func randomAccessFile() throws(TraceReadError) -> RandomAccessFile? {
    guard let totalBytes, descriptor >= 0 else { return nil }
    let copy = dup(descriptor)
    if copy < 0 { throw .cannotOpen(errno: errno) }
    return RandomAccessFile(owning: copy, size: totalBytes)
  }

  /// The hash of what was read so far.
  var contentHash: ContentHash { hasher.finish() }
}

func message(ofErrno number: Int32) -> String { String(cString: strerror(number)) }

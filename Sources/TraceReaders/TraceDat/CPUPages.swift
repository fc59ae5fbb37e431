// One CPU's trace data, page by page: read, and decompressed, a chunk at a time.

final class CPUPages {
  private let file: RandomAccessFile
  private let buffer: DatBuffer
  private let isBigEndian: Bool
  private let scratch: ChunkScratch
  /// Bytes of decompressed data that are kept; a larger chunk stays in the scratch, and only its current page here.
  private let keptMax: Int
  /// The rest of the file to be read.
  private var next: UInt64
  private let end: UInt64
  private var chunksLeft: UInt32 = 0
  private var hasBegun = false

  /// The current chunk, and how much of it was returned.
  private var chunk = Chunk()
  private var kept = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  private var handedOut = 0

  struct Chunk {
    /// Its offset in the file, without its header.
    var offset: UInt64 = 0
    var packedBytes = 0
    /// Unpacked.
    var bytes = 0
  }

  enum Page {
    /// Valid until the next page is read.
    case page(UnsafeRawBufferPointer)
    /// A chunk that cannot be decompressed: the reason. The next one may be intact.
    case damaged(String)
    /// The file ends before the data do.
    case cutOff
    case end
  }

  /// trace-cmd compresses 10 pages into a chunk.
  private static let chunkMax = 16 * DatBuffer.pageBytesMax
  /// Larger chunks that shrank to less than a thousandth are not trace data: even empty pages compress less.
  private static let bombBytes = 1 << 18
  /// Bytes of uncompressed pages read at once.
  private static let blockBytes = 1 << 16

  init(
    _ file: RandomAccessFile, _ buffer: DatBuffer, _ cpu: DatBuffer.CPU, isBigEndian: Bool, scratch: ChunkScratch,
    keptMax: Int
  ) {
    (self.file, self.buffer, self.isBigEndian, self.scratch) = (file, buffer, isBigEndian, scratch)
    self.keptMax = max(keptMax, buffer.pageBytes)
    next = cpu.offset
    // The size of a compressed CPU does not include the number of chunks before them.
    end = cpu.offset + cpu.bytes + (buffer.isPacked ? 4 : 0)
  }

  deinit {
    scratch.forget(self)
    kept.deallocate()
  }

  /// Bytes of a whole page.
  var pageBytes: Int { buffer.pageBytes }

  func nextPage() throws(TraceReadError) -> Page {
    while handedOut >= chunk.bytes {
      let fault = buffer.isPacked ? try nextChunk() : try nextBlock()
      if let fault { return fault }
    }
    let count = min(buffer.pageBytes, chunk.bytes - handedOut)
    defer { handedOut += count }
    if isKept { return .page(UnsafeRawBufferPointer(rebasing: kept[handedOut..<handedOut + count])) }
    if !scratch.holds(self), let fault = try unpack(into: scratch.room(chunk.bytes, for: self)) { return fault }
    kept.copyMemory(from: UnsafeRawBufferPointer(rebasing: scratch.bytes[handedOut..<handedOut + count]))
    return .page(UnsafeRawBufferPointer(rebasing: kept[..<count]))
  }

  /// The whole current chunk stays here.
  private var isKept: Bool { chunk.bytes <= keptMax }

  /// Pages as they were recorded. nil: there are some now.
  private func nextBlock() throws(TraceReadError) -> Page? {
    if next >= end { return .end }
    let pages = max(min(Self.blockBytes, keptMax) / buffer.pageBytes, 1)
    let wanted = Int(min(UInt64(pages * buffer.pageBytes), end - next))
    let count = try read(next, into: room(wanted))
    if count == 0 {
      next = end
      return .cutOff
    }
    chunk = Chunk(offset: next, packedBytes: count, bytes: count)
    handedOut = 0
    // The missing part of the block is requested again, and found missing.
    next += UInt64(count)
    return nil
  }

  /// The next chunk that can be used. nil: there is one now.
  private func nextChunk() throws(TraceReadError) -> Page? {
    if !hasBegun {
      hasBegun = true
      if next >= end { return .end }
      guard let count = try number(at: next) else { return cutOff() }
      chunksLeft = count
      next += 4
    }
    if chunksLeft == 0 { return .end }
    chunksLeft -= 1
    guard next + 8 <= end, let packed = try number(at: next), let bytes = try number(at: next + 4),
      UInt64(packed) <= end - next - 8, next + 8 + UInt64(packed) <= UInt64(file.size)
    else { return cutOff() }
    let found = Chunk(offset: next + 8, packedBytes: Int(packed), bytes: Int(bytes))
    next += 8 + UInt64(packed)
    if found.bytes > Self.chunkMax || found.bytes > max(Self.bombBytes, found.packedBytes * 1000)
      || found.packedBytes > 2 * found.bytes + (1 << 16)
    {
      return .damaged("a chunk of \(found.packedBytes) bytes claims to hold \(found.bytes)")
    }
    chunk = found
    handedOut = 0
    if isKept, let fault = try unpack(into: room(chunk.bytes)) { return fault }
    if !isKept {
      _ = room(buffer.pageBytes)
      scratch.forget(self)
    }
    return nil
  }

  private func cutOff() -> Page {
    chunksLeft = 0
    return .cutOff
  }

  /// Decompresses the current chunk. nil: it is intact.
  private func unpack(into target: UnsafeMutableRawBufferPointer) throws(TraceReadError) -> Page? {
    let packed = scratch.packedRoom(chunk.packedBytes)
    let count = try read(chunk.offset, into: packed)
    let failure =
      count == packed.count
      ? try buffer.codec.unpack(UnsafeRawBufferPointer(packed), into: target, with: scratch.zstd)
      : "its bytes are not in the file any more"
    guard let failure else { return nil }
    scratch.forget(self)
    chunk = Chunk()
    handedOut = 0
    return .damaged(failure)
  }

  /// Room for that many bytes, and some after them so that words can be loaded without checking for the end.
  private func room(_ count: Int) -> UnsafeMutableRawBufferPointer {
    if kept.count < count + Self.slack {
      kept.deallocate()
      kept = .allocate(byteCount: count + Self.slack, alignment: 16)
    }
    return UnsafeMutableRawBufferPointer(rebasing: kept[..<count])
  }

  static let slack = 16

  private func number(at offset: UInt64) throws(TraceReadError) -> UInt32? {
    var value: UInt32 = 0
    let count = try withUnsafeMutableBytes(of: &value) { bytes throws(TraceReadError) in
      try read(offset, into: bytes)
    }
    if count < 4 { return nil }
    return isBigEndian ? UInt32(bigEndian: value) : UInt32(littleEndian: value)
  }

  private func read(_ offset: UInt64, into block: UnsafeMutableRawBufferPointer) throws(TraceReadError) -> Int {
    guard let offset = Int64(exactly: offset), offset <= file.size else { return 0 }
    return try file.read(at: offset, into: block)
  }
}

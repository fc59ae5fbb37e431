// Bytes of the recording's text, decompressed: split into lines elsewhere.

struct ByteSource: ~Copyable {
  private var file: InputFile
  /// nil: the bytes are the text itself.
  private let unpacker: Unpacker?
  /// Limit of the decompressor's output, and its size so far.
  private let unpackedMax: Int64
  private var unpacked: Int64 = 0
  /// Bytes of the file, read but not passed on yet.
  private let staging: UnsafeMutableRawBufferPointer
  private var pending: Range<Int>
  private var isFileAtEnd: Bool

  /// Why the stream ends early, if it does: then nothing comes after what was delivered.
  private(set) var breakOff: String?

  init(_ input: TraceInput, blockSize: Int, unpackedMax: Int64) throws(TraceReadError) {
    var file = try InputFile(input)
    var magic: [UInt8] = []
    var isFileAtEnd = false
    // A pipe may deliver its first bytes one by one.
    while magic.count < Compression.magicBytes, !isFileAtEnd {
      let piece = try Self.piece(of: &file, Compression.magicBytes - magic.count)
      isFileAtEnd = piece.isEmpty
      magic += piece
    }
    unpacker = try Unpacker(magic.withUnsafeBytes { Compression(magic: $0) })
    self.unpackedMax = unpackedMax
    self.file = file
    self.isFileAtEnd = isFileAtEnd
    staging = .allocate(byteCount: max(min(blockSize, 1 << 18), Compression.magicBytes), alignment: 16)
    staging.copyBytes(from: magic)
    pending = 0..<magic.count
  }

  private static func piece(of file: inout InputFile, _ count: Int) throws(TraceReadError) -> [UInt8] {
    var error: TraceReadError?
    let piece = [UInt8](unsafeUninitializedCapacity: count) { block, filled in
      do throws(TraceReadError) {
        filled = try file.read(into: UnsafeMutableRawBufferPointer(block))
      } catch let failure {
        error = failure
      }
    }
    if let error { throw error }
    return piece
  }

  deinit { staging.deallocate() }

  /// The file itself, for random access; nil: the input is a pipe, or decompressed.
  func randomAccessFile() throws(TraceReadError) -> RandomAccessFile? {
    if unpacker != nil { return nil }
    return try file.randomAccessFile()
  }

  var bytesRead: Int64 { file.bytesRead }
  var totalBytes: Int64? { file.totalBytes }
  /// The hash of what was read so far: of the whole file once `read` has returned 0.
  var contentHash: ContentHash { file.contentHash }

  /// Bytes put at the start of `block`; 0 at the end, or if the stream is cut off.
  mutating func read(into block: UnsafeMutableRawBufferPointer) throws(TraceReadError) -> Int {
    if breakOff != nil { return 0 }
    if let unpacker { return try unpack(with: unpacker, into: block) }
    return try copy(into: block)
  }

  private mutating func copy(into block: UnsafeMutableRawBufferPointer) throws(TraceReadError) -> Int {
    if pending.isEmpty {
      return isFileAtEnd ? 0 : try file.read(into: block)
    }
    let count = min(pending.count, block.count)
    block.copyMemory(from: UnsafeRawBufferPointer(rebasing: staging[pending].prefix(count)))
    pending.removeFirst(count)
    return count
  }

  private mutating func unpack(
    with unpacker: Unpacker, into block: UnsafeMutableRawBufferPointer
  ) throws(TraceReadError) -> Int {
    var produced = 0
    while produced < block.count, breakOff == nil {
      if pending.isEmpty, !isFileAtEnd { try refill() }
      let progress = try unpacker.step(
        from: UnsafeRawBufferPointer(rebasing: staging[pending]),
        into: UnsafeMutableRawBufferPointer(rebasing: block[produced...]))
      pending.removeFirst(progress.consumed)
      produced += progress.produced
      if let fault = progress.fault {
        try breakOff("the \(unpacker.streamName) \(fault)")
      } else if isFileAtEnd, pending.isEmpty, progress.produced == 0 {
        if !unpacker.isBetweenFrames {
          try breakOff("the \(unpacker.streamName) breaks off inside a \(unpacker.frameName)")
        }
        break
      }
    }
    unpacked += Int64(produced)
    if unpacked > unpackedMax {
      let excess = Int(min(unpacked - unpackedMax, Int64(produced)))
      try breakOff("more than \(unpackedMax) bytes come out of the packed input (--max-bytes)")
      return produced - excess
    }
    return produced
  }

  private mutating func refill() throws(TraceReadError) {
    let count = try file.read(into: staging)
    pending = 0..<count
    isFileAtEnd = count == 0
  }

  /// Notes the end and reads on, so that the hash covers the whole file.
  private mutating func breakOff(_ reason: String) throws(TraceReadError) {
    breakOff = reason
    while !isFileAtEnd { try refill() }
    pending = 0..<0
  }
}

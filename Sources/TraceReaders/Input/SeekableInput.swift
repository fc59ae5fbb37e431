// A recording that needs random access: the file itself, or a temporary one for a compressed file or a pipe.

struct SeekableInput {
  let file: RandomAccessFile
  /// The file read instead, if it is a temporary one.
  let packed: Packed?
  /// Why not all of it could be decompressed, as a sentence.
  let breakOff: String?

  struct Packed {
    let hash: ContentHash
    let bytes: Int64
  }

  /// Of the original bytes.
  func contentHash() throws(TraceReadError) -> ContentHash {
    if let packed { return packed.hash }
    return try file.contentHash()
  }
}

extension TextPipeline {
  /// The same input for a reader that needs to seek.
  consuming func seekable(bytesMax: Int64) throws(TraceReadError) -> SeekableInput {
    if let file = try source.randomAccessFile() { return SeekableInput(file: file, packed: nil, breakOff: nil) }
    let spool = try TemporaryFile(bytesMax: bytesMax)
    try spool.append(splitter.undelivered)
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { block.deallocate() }
    while case let count = try source.read(into: block), count > 0 {
      try spool.append(UnsafeRawBufferPointer(rebasing: block[..<count]))
    }
    return SeekableInput(
      file: spool.finish(), packed: SeekableInput.Packed(hash: source.contentHash, bytes: source.bytesRead),
      breakOff: source.breakOff)
  }
}

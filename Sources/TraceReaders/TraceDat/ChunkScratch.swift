// Room that the CPUs of a recording share: for compressed bytes, and for chunks too large for each of many CPUs to keep
// its own.

final class ChunkScratch {
  private var packed = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  private var unpacked = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  let zstd: ZstdBlocks
  private var owner: ObjectIdentifier?
  /// A valid address without data.
  let nowhere = UnsafeRawPointer(UnsafeMutableRawPointer.allocate(byteCount: CPUPages.slack, alignment: 16))

  init() throws(TraceReadError) { zstd = try ZstdBlocks() }

  deinit {
    nowhere.deallocate()
    packed.deallocate()
    unpacked.deallocate()
  }

  func packedRoom(_ count: Int) -> UnsafeMutableRawBufferPointer {
    if packed.count < count {
      packed.deallocate()
      packed = .allocate(byteCount: count, alignment: 16)
    }
    return UnsafeMutableRawBufferPointer(rebasing: packed[..<count])
  }

  /// The last result of `room`.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(unpacked) }

  func room(_ count: Int, for pages: CPUPages) -> UnsafeMutableRawBufferPointer {
    if unpacked.count < count {
      unpacked.deallocate()
      unpacked = .allocate(byteCount: count, alignment: 16)
    }
    owner = ObjectIdentifier(pages)
    return UnsafeMutableRawBufferPointer(rebasing: unpacked[..<count])
  }

  func holds(_ pages: CPUPages) -> Bool { owner == ObjectIdentifier(pages) }

  func forget(_ pages: CPUPages) {
    if holds(pages) { owner = nil }
  }
}

// Records again, in time stamp order: each CPU continues where it was, so that one block per CPU nearly always
// suffices.

final class RecordBlocks {
  private let file: RandomAccessFile
  private let isBigEndian: Bool
  private var blocks: [Block] = []
  /// Each CPU's last block.
  private var recent = [Int](repeating: 0, count: 256)
  private var clock: UInt64 = 0

  private struct Block {
    /// The block's number in the file.
    var number: UInt64
    var bytes: UnsafeMutableRawBufferPointer
    var filled: Int
    var lastUse: UInt64
  }

  /// A record that begins in a block is completely in it: the same size again follows it.
  private static let blockBytes = 1 << 16
  private static let blocksMax = 256

  init(_ file: RandomAccessFile, isBigEndian: Bool) {
    self.file = file
    self.isBigEndian = isBigEndian
  }

  deinit {
    for block in blocks { block.bytes.deallocate() }
  }

  /// The record at this offset, valid until the next one is read; nil: the file has lost it.
  ///
  /// - Parameter slot: below 256; the same for the records of one CPU.
  func record(at place: UInt64, slot: Int) throws(TraceReadError) -> PerfRecord? {
    let number = place / UInt64(Self.blockBytes)
    var index = recent[slot]
    if index >= blocks.count || blocks[index].number != number {
      index = try self.index(of: number)
      recent[slot] = index
    }
    clock += 1
    blocks[index].lastUse = clock
    let offset = Int(place % UInt64(Self.blockBytes))
    guard let start = blocks[index].bytes.baseAddress, offset + PerfRecord.headBytes <= blocks[index].filled,
      let bytes = PerfRecord.size(start + offset, isBigEndian: isBigEndian), offset + bytes <= blocks[index].filled
    else { return nil }
    return PerfRecord(start: start + offset, bytes: bytes, isBigEndian: isBigEndian)
  }

  private func index(of number: UInt64) throws(TraceReadError) -> Int {
    if let known = blocks.firstIndex(where: { $0.number == number }) { return known }
    let room: UnsafeMutableRawBufferPointer
    var index = blocks.count
    if index < Self.blocksMax {
      room = .allocate(byteCount: 2 * Self.blockBytes + CPUPages.slack, alignment: 16)
      blocks.append(Block(number: number, bytes: room, filled: 0, lastUse: clock))
    } else {
      index = blocks.indices.min { blocks[$0].lastUse < blocks[$1].lastUse } ?? 0
      room = blocks[index].bytes
    }
    // Not this block while it is read: an error leaves nothing half done.
    blocks[index].number = .max
    let target = UnsafeMutableRawBufferPointer(rebasing: room[..<(2 * Self.blockBytes)])
    blocks[index].filled = try file.read(at: Int64(number) * Int64(Self.blockBytes), into: target)
    blocks[index].number = number
    return index
  }
}

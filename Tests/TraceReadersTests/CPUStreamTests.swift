// Every kind of entry that a page of the ring buffer can hold (`enum ring_buffer_type`), in both byte orders and both
// word sizes.

import KVMEvents
import Testing

@testable import TraceReaders

@Suite struct CPUStreamTests {
  /// A page as a kernel writes it.
  private struct Page {
    let isBigEndian: Bool
    let longBytes: Int
    var data: [UInt8] = []

    func bytes(of value: UInt64, _ count: Int) -> [UInt8] {
      let little = (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
      return isBigEndian ? little.reversed() : little
    }

    /// `type_len` in 5 bits, `time_delta` in 27; the bit fields begin at the other end of a big-endian word.
    mutating func entry(_ type: UInt64, delta: UInt64, _ words: [UInt64] = []) {
      data += bytes(of: isBigEndian ? type << 27 | delta : delta << 5 | type, 4)
      for word in words { data += bytes(of: word, 4) }
    }

    func page(stamp: UInt64, flags: UInt64 = 0, behind: [UInt8] = []) -> [UInt8] {
      bytes(of: stamp, 8) + bytes(of: UInt64(data.count) | flags, longBytes) + data + behind
    }

    var headerPage: [UInt8] {
      Array(
        """
        \tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;
        \tfield: local_t commit;\toffset:8;\tsize:\(longBytes);\tsigned:1;
        \tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;
        \tfield: char data;\toffset:\(8 + longBytes);\tsize:4080;\tsigned:0;

        """.utf8)
    }
  }

  /// The stamps and sizes of a page's records, what was lost before them, and what was wrong with it.
  private func read(_ page: Page, _ bytes: [UInt8]) throws -> (
    records: [[Int]], loss: CPUStream.Loss, fault: PageFault?
  ) {
    let layout = try RingBufferLayout(
      headerPage: page.headerPage, longBytes: 8, isBigEndian: page.isBigEndian)
    let scratch = try ChunkScratch()
    let buffer = DatBuffer(name: "", clock: "", pageBytes: 4096, codec: .none, isPacked: false, cpus: [])
    let pages = CPUPages(
      RandomAccessFile(owning: -1, size: 0), buffer, DatBuffer.CPU(number: 0, offset: 0, bytes: 0),
      isBigEndian: page.isBigEndian, scratch: scratch, keptMax: 0)
    var stream = CPUStream(cpu: 0, pages: pages, nowhere: scratch.nowhere)
    return bytes.withUnsafeBytes { bytes in
      if let fault = stream.begin(bytes, layout) { return ([], stream.loss, fault) }
      var records: [[Int]] = []
      while true {
        switch stream.step(isBigEndian: page.isBigEndian) {
        case .record: records.append([Int(stream.stamp), stream.recordBytes])
        case .pageEnd: return (records, stream.loss, nil)
        case .broken(let fault): return (records, stream.loss, fault)
        }
      }
    }
  }

  @Test(arguments: [false, true], [4, 8])
  func everyEntryTypeIsReadInItsOrder(isBigEndian: Bool, longBytes: Int) throws {
    var page = Page(isBigEndian: isBigEndian, longBytes: longBytes)
    page.entry(2, delta: 5, [1, 2])  // 8 bytes
    page.entry(30, delta: 7, [3])  // time extend: 7 + 3 << 27
    page.entry(0, delta: 1, [4 + 8, 1, 2])  // a length of its own, itself included
    page.entry(0, delta: 1, [4 + 5, 1, 2])  // 5 bytes take 8
    page.entry(29, delta: 10, [8, 0])  // taken back: 8 bytes behind the head
    page.entry(28, delta: 0, Array(repeating: 9, count: 28))  // the longest short one
    page.entry(31, delta: 6, [2])  // absolute: 6 + 2 << 27, the top 5 bits stay
    page.entry(1, delta: 2, [1])
    page.entry(29, delta: 0)  // padding without a time: the page ends
    page.entry(1, delta: 2, [1])
    let extended = 105 + 7 + 3 << 27
    let found = try read(page, page.page(stamp: 100))
    #expect(
      found.records == [
        [105, 8], [extended + 1, 8], [extended + 2, 8], [extended + 12, 112], [6 + 2 << 27 + 2, 4],
      ])
    #expect(found.loss == .none)
    #expect(found.fault == nil)
  }

  @Test(arguments: [false, true], [4, 8])
  func lossesAreInTheCommitWord(isBigEndian: Bool, longBytes: Int) throws {
    var page = Page(isBigEndian: isBigEndian, longBytes: longBytes)
    page.entry(1, delta: 0, [1])
    let count = page.bytes(of: 77, longBytes)
    #expect(try read(page, page.page(stamp: 1, flags: 1 << 31)).loss == .unknown)
    #expect(try read(page, page.page(stamp: 1, flags: 3 << 30, behind: count)).loss == .some(77))
    // Announced, and no room for it.
    #expect(try read(page, page.page(stamp: 1, flags: 3 << 30)).loss == .unknown)
  }

  @Test func anAbsoluteStampKeepsTheTopBits() throws {
    var page = Page(isBigEndian: false, longBytes: 8)
    page.entry(31, delta: 1, [0])
    page.entry(1, delta: 1, [1])
    #expect(try read(page, page.page(stamp: 0x7800_0000_0000_0009)).records == [[0x7800_0000_0000_0002, 4]])
  }

  @Test(arguments: 1...11)
  func everyCutOfAnEntryIsSaid(bytes: Int) throws {
    var page = Page(isBigEndian: false, longBytes: 8)
    page.entry(0, delta: 1, [8, 1])
    page.data.removeLast(12 - bytes)
    let found = try read(page, page.page(stamp: 1))
    #expect(found.records.isEmpty)
    // Fewer bytes than an entry's head are the page's end.
    #expect(found.fault == (bytes < 4 ? nil : .entryPastEnd))
  }

  @Test func pagesThatAreNoneAreSaid() throws {
    let page = Page(isBigEndian: false, longBytes: 8)
    #expect(try read(page, Array(page.page(stamp: 1).dropLast())).fault == .short)
    #expect(try read(page, page.page(stamp: 1, flags: 1)).fault == .committed(1))
    #expect(try read(page, page.page(stamp: 1)).records.isEmpty)
  }
}

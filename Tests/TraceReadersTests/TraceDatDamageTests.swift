// Damaged trace.dat files: a sentence or a counted issue, the rest still used, no crash and no hang.

import Foundation
import KVMEvents
import Testing

@testable import TraceReaders

@Suite struct TraceDatDamageTests {
  /// The error that a file is turned away with; nil: it is read.
  private func error(_ bytes: [UInt8]) throws -> TraceReadError? {
    do {
      _ = try Recording(bytes)
      return nil
    } catch let error as TraceReadError {
      return error
    }
  }

  @Test(arguments: ["quiet", "quiet-v6", "quiet-big-endian"])
  func everyTruncationIsAnErrorOrMarked(name: String) throws {
    let bytes = try Fixture.packed("\(name).dat")
    let last = bytes.lastIndex { $0 != 0 } ?? 0
    for length in Array(3..<60) + Array(stride(from: 61, to: last, by: 509)) + Array(last - 40..<last) {
      do {
        #expect(try Recording(Array(bytes.prefix(length))).incomplete != nil, "cut at \(length)")
      } catch TraceReadError.damagedFile(let fault) where fault.format == .traceDat {
      }
    }
  }

  /// What was there of a CPU is read; behind it everything of that CPU is taken as lost.
  @Test func aCutInTheTraceDataIsALossOfThatCPU() throws {
    let file = try DatBytes("quiet-v6.dat")
    let whole = try Recording(file.bytes)
    let cut = try Recording(Array(file.bytes.prefix(file.page(ofCPU: 3) + 3 * 4096 + 100)))
    #expect(cut.incomplete == "the trace data of CPU 3 break off; what stands before was read")
    #expect(cut.counts == [.truncated: 1])
    #expect(cut.events.count < whole.events.count)
    #expect(cut.events.filter { $0.kind == .lostEvents }.map(\.cpu) == [3])
    #expect(cut.events.filter { $0.cpu == 2 }.count == whole.events.filter { $0.cpu == 2 }.count)
  }

  @Test func aBitFlippedAnywhereInFrontIsAnErrorOrReadAnyhow() throws {
    for name in ["quiet", "quiet-v6"] {
      let bytes = try Fixture.packed("\(name).dat")
      for place in Array(3..<80) + Array(bytes.count - 700..<bytes.count).filter({ $0 % 7 == 0 }) {
        var flipped = bytes
        flipped[place] ^= 1 << UInt8(place % 8)
        _ = try error(flipped)
      }
    }
  }

  @Test(
    arguments: [
      (10, [0x39], .version("9")), (12, [7], .odd(.header)), (13, [3], .odd(.header)),
      (14, [1, 0, 0, 0], .odd(.header)),
      (14, [0, 0, 0, 0xff], .odd(.header)),
    ] as [(Int, [UInt8], PartFault)])
  func anOddHeaderIsAnError(place: Int, bytes: [UInt8], fault: PartFault) throws {
    var file = try DatBytes("quiet-v6.dat")
    file.bytes.replaceSubrange(place..<place + bytes.count, with: bytes)
    #expect(try error(file.bytes) == .traceDat(fault))
  }

  @Test func anUnknownPackerIsAnError() throws {
    var file = try DatBytes("quiet.dat")
    file.replace("zstd", with: "lzma")
    #expect(try error(file.bytes) == .traceDat(.compression("lzma")))
    #expect(PartFault.compression("\u{1b}[2J").predicate == "is packed with ?[2J; zstd and zlib are read")
  }

  @Test func aBombInTheFormatsIsAnError() throws {
    var file = try DatBytes("quiet.dat")
    // The first section: 16 bytes of head, then its packed and its unpacked size.
    let section = 35
    file.put(UInt32.max, at: section + 20)
    #expect(try error(file.bytes) == .traceDat(.tooLarge(.layout, bytes: UInt64(UInt32.max))))
    file.put(UInt32(1 << 20), at: section + 20)
    #expect(try error(file.bytes) == .traceDat(.damaged(.layout, "holds 451 bytes, not the 1048576 it claims")))
  }

  @Test func listsOfOptionsInACircleAreAnError() throws {
    var file = try DatBytes("quiet.dat")
    // A list of its own at the end: a head, and DONE, which leads back to the list.
    let list = file.bytes.count
    file.bytes += [UInt8](repeating: 0, count: 16 + 2) + [8, 0, 0, 0] + [UInt8](repeating: 0, count: 8)
    file.put(UInt64(list), at: list + 22)
    file.put(UInt64(list), at: 27)
    #expect(try error(file.bytes) == .traceDat(.odd(.options)))
  }

  // Chunks

  @Test(arguments: [UInt32.max, 1 << 24, 1 << 20, 1000])
  func aChunkThatLiesAboutItsSizeIsLost(claimed: UInt32) throws {
    var file = try DatBytes("storm-lossy-chunks.dat")
    let whole = try Recording(file.bytes)
    // Four CPUs, each on a page boundary of its own: a count of chunks, then the first chunk's head.
    let cpu = try #require(stride(from: 0, to: file.bytes.count - 4, by: 4096).first { file.bytes[$0] == 3 && $0 > 0 })
    file.put(claimed, at: cpu + 8)
    let recording = try Recording(file.bytes)
    #expect(recording.counts == [.badPage: 1])
    #expect(recording.issues.first?.reason.hasSuffix("taken as lost") == true)
    #expect(recording.events.count < whole.events.count)
    #expect(recording.events.contains { $0.kind == .lostEvents })
  }

  @Test func aDamagedChunkLosesWhatItHeld() throws {
    var file = try DatBytes("storm-lossy-chunks.dat")
    let cpu = try #require(stride(from: 0, to: file.bytes.count - 4, by: 4096).first { file.bytes[$0] == 3 && $0 > 0 })
    for place in cpu + 200..<cpu + 260 { file.bytes[place] ^= 0xff }
    let recording = try Recording(file.bytes)
    // zstd's frames have no checksum here: it may find the damage, or unpack other pages.
    #expect(recording.counts[.badPage] ?? 0 > 0)
    #expect(recording.events.count > 5000)
  }
}

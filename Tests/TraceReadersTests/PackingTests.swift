// gzip and xz beside zstd: several members, cuts, damage, bombs, and what is no recording inside.

import KVMEvents
import Testing

@testable import TraceReaders

@Suite struct PackingTests {
  private func quiet() throws -> [UInt8] { try Fixture.text("quiet-reportt.txt.zst") }

  @Test(arguments: Packing.allCases)
  func severalMembersAreOneText(packing: Packing) throws {
    let text = try quiet()
    let packed = packing.pack(Array(text[..<50_001])) + packing.pack(Array(text[50_001...]))
    #expect(try Recording(packed).lines() == Recording(text).lines())
    #expect(try Recording(packed).incomplete == nil)
  }

  @Test(arguments: [Packing.gzip, .xz])
  func zerosBehindTheLastMemberArePadding(packing: Packing) throws {
    let recording = try Recording(packing.pack(quiet()) + [UInt8](repeating: 0, count: 512))
    #expect(recording.incomplete == nil)
    #expect(recording.events.count == 761)
  }

  @Test(arguments: Packing.allCases)
  func otherBytesBehindTheLastMemberAreSaid(packing: Packing) throws {
    let recording = try Recording(packing.pack(quiet()) + Array("and then some".utf8))
    #expect(recording.incomplete != nil)
    #expect(recording.events.count == 761)
  }

  @Test(arguments: Packing.allCases, [1, 3, 100, 4096])
  func blocksOfEverySizeGiveTheSameText(packing: Packing, size: Int) throws {
    var options = TraceReadOptions()
    options.blockSize = size
    let text = Array(try quiet().prefix(30_000))
    #expect(try Recording(packing.pack(text), options: options).lines() == Recording(text).lines())
  }

  @Test(arguments: Packing.allCases)
  func everyTruncationIsSaid(packing: Packing) throws {
    let text = Array(try quiet().prefix(20_000))
    let packed = packing.pack(text)
    let whole = try Recording(packed).lines()
    for length in stride(from: 7, to: packed.count, by: 7) {
      do {
        let cut = try Recording(Array(packed.prefix(length)))
        #expect(cut.incomplete != nil, "cut at \(length)")
        #expect(cut.counts == [.truncated: 1], "cut at \(length)")
        #expect(whole.starts(with: cut.lines()), "cut at \(length)")
      } catch TraceReadError.damagedFromTheStart {
      }
    }
  }

  /// Both have a checksum; zstd's is an option.
  @Test(arguments: [Packing.gzip, .xz])
  func aDamagedByteIsSaid(packing: Packing) throws {
    let packed = try packing.pack(Array(quiet().prefix(20_000)))
    // Behind gzip's head, whose time and system no checksum covers.
    for place in stride(from: 12, to: packed.count, by: 31) {
      var bytes = packed
      bytes[place] ^= 0x55
      do {
        let recording = try Recording(bytes)
        #expect(recording.incomplete != nil, "damaged at \(place)")
      } catch TraceReadError.damagedFromTheStart {
      } catch TraceReadError.notATrace {
      }
    }
  }

  /// 80 MB of one line in a few kilobytes.
  @Test(arguments: Packing.allCases)
  func aBombEndsAtTheBound(packing: Packing) throws {
    let line = Array("        workload-342   [003]   114.252766486: gpc_unmap: (ff)\n".utf8)
    let member = packing.pack(Array(repeatElement(line, count: 20_000).joined()))
    let bomb = Array(repeatElement(member, count: 64).joined())
    var options = TraceReadOptions()
    options.unpackedMax = 1_000_000
    let recording = try Recording(bomb, options: options)
    #expect(recording.incomplete?.hasPrefix("more than 1000000 bytes come out of the packed input (--max") == true)
    #expect(recording.lines <= 1_000_000 / Int64(line.count))
    #expect(recording.counts[.truncated] == 1)
  }

  @Test func whatJustFitsIsWhole() throws {
    let text = try quiet()
    var options = TraceReadOptions()
    options.unpackedMax = Int64(text.count)
    #expect(try Recording(gzip(text), options: options).incomplete == nil)
    options.unpackedMax -= 1
    let cut = try Recording(gzip(text), options: options)
    #expect(cut.incomplete != nil)
    #expect(cut.events.count == 760)
  }

  @Test(arguments: Packing.allCases)
  func anArchiveInsideIsCalledSo(packing: Packing) throws {
    let packed = try packing.pack(tar(quiet()))
    #expect(throws: TraceReadError.notATrace(.tar)) { try Recording(packed) }
  }

  @Test(arguments: Packing.allCases)
  func nothingInsideIsEmpty(packing: Packing) throws {
    #expect(throws: TraceReadError.notATrace(.empty)) { try Recording(packing.pack([])) }
  }

  /// A frame that asks for a window of 2 GiB.
  @Test func aWindowBeyondTheBoundIsRefused() throws {
    // Its head: magic, no flags, window descriptor 2^31.
    let zstdHead: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8] + [UInt8](repeating: 0, count: 20)
    #expect(throws: TraceReadError.damagedFromTheStart("the zstd stream needs a window of more than 128 MiB")) {
      try Recording(zstdHead)
    }
  }
}

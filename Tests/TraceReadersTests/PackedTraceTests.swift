// zstd: several frames, cut streams, damaged streams.

import KVMEvents
import Renderings
import Testing

@testable import TraceReaders

@Suite struct PackedTraceTests {
  private func quiet() throws -> [UInt8] { try Fixture.text("quiet-reportt.txt.zst") }

  @Test func severalFramesAreOneText() throws {
    let text = try quiet()
    let skippable: [UInt8] = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]
    let packed = skippable + zstd(Array(text[..<50_001])) + skippable + zstd(Array(text[50_001...]))
    #expect(try Recording(packed).lines() == Recording(text).lines())
  }

  @Test(arguments: [1, 3, 100, 4096])
  func blocksOfEverySizeGiveTheSameText(size: Int) throws {
    var options = TraceReadOptions()
    options.blockSize = size
    let packed = try zstd(quiet(), flush: 1000)
    #expect(try Recording(packed, options: options).lines() == Recording(quiet()).lines())
  }

  /// What came out before the cut is read, whole lines only, and the recording is marked.
  @Test func everyTruncationIsSaid() throws {
    let text = Array(try quiet().prefix(12_000))
    let packed = zstd(text, flush: 700)
    let whole = try Recording(packed).lines()
    for length in 1..<packed.count {
      do {
        let cut = try Recording(Array(packed.prefix(length)))
        #expect(cut.incomplete != nil, "cut at \(length)")
        #expect(cut.counts == [.truncated: 1], "cut at \(length)")
        #expect(whole.starts(with: cut.lines()), "cut at \(length)")
      } catch TraceReadError.damagedFromTheStart {
        #expect(length < packed.count / 4, "cut at \(length)")
      } catch TraceReadError.notATrace {
        #expect(length < 2, "cut at \(length)")
      }
    }
  }

  @Test func everyTruncationOfTheFixtureIsAnErrorOrMarked() throws {
    // One block of zstd holds all of it: a cut leaves nothing, but at the very end, where only the checksum is missing.
    let packed = try Fixture.packed("quiet-reportt.txt.zst")
    for length in 2..<packed.count {
      do {
        #expect(try Recording(Array(packed.prefix(length))).incomplete != nil, "cut at \(length)")
      } catch TraceReadError.damagedFromTheStart {
      }
    }
  }

  @Test func aDamagedByteLosesWhatComesAfterIt() throws {
    let text = try quiet()
    var packed = zstd(text, flush: 1000)
    let whole = try Recording(packed).lines()
    let middle = packed.count / 2
    for place in middle..<middle + 200 { packed[place] = ~packed[place] }
    let recording = try Recording(packed)
    #expect(recording.incomplete != nil)
    #expect(recording.events.count > 100)
    #expect(whole.starts(with: recording.lines()))
  }

  @Test func otherBytesBehindTheLastFrameAreSaid() throws {
    let recording = try Recording(zstd(quiet()) + Array("and then some".utf8))
    #expect(recording.incomplete != nil)
    #expect(recording.events.count == 761)
  }

  /// zstd keeps the low half of the same hash over the text behind each frame: an independent witness for ours.
  @Test func ourHashIsTheOneOfTheFrameChecksum() throws {
    for name in ["quiet-reportt", "odd-comms-reportt"] {
      let packed = try Fixture.packed("\(name).txt.zst")
      var hasher = ContentHash.Hasher()
      try Fixture.text("\(name).txt.zst").withUnsafeBytes { hasher.update($0) }
      let checksum = packed.suffix(4).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      #expect(hasher.finish().rawValue & 0xffff_ffff == checksum)
    }
  }
}

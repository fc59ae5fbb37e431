// The same mutants each run: bytes changed all over real trace.dat files. None may stop the reader.

import Foundation
import KVMEvents
import Testing

@testable import TraceReaders

@Suite struct TraceDatMutationTests {
  /// How many mutants of each file; set GPC_REPLAY_MUTANTS to run longer by hand.
  private static let count = ProcessInfo.processInfo.environment["GPC_REPLAY_MUTANTS"].flatMap(Int.init) ?? 400

  private struct Random {
    var state: UInt64
    mutating func next(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % below
    }
  }

  /// Values that sizes, counts, offsets and stamps break at.
  private static let words: [UInt32] = [0, 1, 3, 4, 0xff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1000, 0xfff8]

  private static func mutate(_ bytes: inout [UInt8], _ random: inout Random) {
    for _ in 0...random.next(4) {
      let place = 12 + random.next(bytes.count - 20)
      switch random.next(5) {
      case 0: bytes[place] = UInt8(random.next(256))
      case 1: bytes[place] ^= 1 << UInt8(random.next(8))
      case 2:
        let word = words[random.next(words.count)]
        for byte in 0..<4 { bytes[place + byte] = UInt8(truncatingIfNeeded: word >> UInt32(8 * byte)) }
      case 3: bytes.removeSubrange(place..<min(place + 1 + random.next(64), bytes.count))
      case _: for byte in place..<min(place + 16, bytes.count) { bytes[byte] = 0 }
      }
    }
  }

  @Test(arguments: ["quiet", "quiet-v6", "quiet-zlib", "quiet-big-endian", "quiet-shifted"])
  func noMutantStopsTheReader(name: String) throws {
    let original = try Fixture.packed("\(name).dat")
    var random = Random(state: UInt64(name.utf8.reduce(7) { $0 &* 31 &+ Int($1) }))
    var read = 0
    for _ in 0..<Self.count {
      var bytes = original
      Self.mutate(&bytes, &random)
      do {
        let recording = try Recording(bytes)
        read += 1
        #expect(recording.events.count <= Int(recording.lines))
        #expect(recording.events.allSatisfy { $0.time.rawValue >= 0 && ($0.task >= 0 || $0.kind == .lostEvents) })
        #expect(zip(recording.events, recording.events.dropFirst()).allSatisfy { $0.id < $1.id })
      } catch TraceReadError.damagedFile(let fault) where fault.format == .traceDat {
      }
    }
    #expect(read > 0)
  }
}

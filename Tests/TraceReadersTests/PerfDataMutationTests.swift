// The same mutants each run: bytes changed all over real perf.data files. None may stop the reader.

import Foundation
import KVMEvents
import Testing

@testable import TraceReaders

@Suite struct PerfDataMutationTests {
  /// How many mutants of each file; set GPC_REPLAY_MUTANTS to run longer by hand.
  private static let count = ProcessInfo.processInfo.environment["GPC_REPLAY_MUTANTS"].flatMap(Int.init) ?? 200

  private struct Random {
    var state: UInt64
    mutating func next(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % below
    }
  }

  /// Values that sizes, counts, ids and stamps break at.
  private static let words: [UInt32] = [
    0, 1, 3, 8, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x8_0009, 68, 81,
  ]

  private static func mutate(_ bytes: inout [UInt8], _ random: inout Random) {
    for _ in 0...random.next(6) {
      let place = 8 + random.next(bytes.count - 24)
      switch random.next(6) {
      case 0: bytes[place] = UInt8(random.next(256))
      case 1: bytes[place] ^= 1 << UInt8(random.next(8))
      case 2:
        // Everything stands on words: heads, ids, stamps.
        let aligned = place & ~7
        let word = words[random.next(words.count)]
        for byte in 0..<4 { bytes[aligned + byte] = UInt8(truncatingIfNeeded: word >> UInt32(8 * byte)) }
      case 3: bytes.removeSubrange(place..<min(place + 1 + random.next(64), bytes.count))
      case 4:
        let from = 8 + random.next(bytes.count - 24) & ~7
        for byte in 0..<8 { bytes[(place & ~7) + byte] = bytes[from + byte] }
      case _: for byte in place..<min(place + 16, bytes.count) { bytes[byte] = 0 }
      }
    }
  }

  @Test(arguments: PerfDataTests.forms) func noMutantStopsTheReader(form: String) throws {
    let original = try PerfDataTests.bytes(form)
    var random = Random(state: UInt64(form.utf8.reduce(7) { $0 &* 31 &+ Int($1) }))
    var options = TraceReadOptions()
    options.spooledBytesMax = 1 << 22
    options.keepsUnknown = true
    var read = 0
    for round in 0..<Self.count {
      var bytes = original
      Self.mutate(&bytes, &random)
      options.reorderedMax = round % 2 == 0 ? 1 << 22 : 64
      do {
        let recording = try Recording(bytes, options: options)
        read += 1
        #expect(recording.events.count <= Int(recording.lines))
        #expect(recording.events.allSatisfy { $0.time.rawValue >= 0 && ($0.task >= 0 || $0.kind == .lostEvents) })
        #expect(zip(recording.events, recording.events.dropFirst()).allSatisfy { $0.id < $1.id })
        #expect(recording.issues.allSatisfy { !$0.reason.isEmpty })
      } catch let error as TraceReadError {
        #expect(error.predicate.contains("perf.data") || error.predicate.contains("unpacked"), "\(error)")
      }
    }
    #expect(read > 0)
  }
}

// Damage all over real recordings, the same each run: no reader stops, and memory stays bounded.

import Foundation
import KVMEvents
import Renderings
import Testing

@testable import TraceReaders

@Suite struct MutationTests {
  /// How many damaged texts each form reads; more by hand: GPC_REPLAY_MUTATIONS=100000.
  private static let executions = ProcessInfo.processInfo.environment["GPC_REPLAY_MUTATIONS"].flatMap { Int($0) } ?? 25

  static let forms: [Rendering?] = [nil] + Rendering.allCases.map { $0 }

  @Test(arguments: forms)
  func noDamageStopsTheReader(form: Rendering?) throws {
    let report = try Array(Fixture.text("storm-lossy-cut.txt.zst").prefix(12_000))
    let text = form?.of(report) ?? report
    var options = TraceReadOptions()
    options.format = try Recording(text).format
    var mutator = Mutator(seed: 0x9e37_79b9_7f4a_7c15)
    for _ in 0..<Self.executions {
      let damaged = mutator.damage(text)
      if damaged.isEmpty { continue }
      do {
        let recording = try Recording(damaged, options: options)
        #expect(recording.events.allSatisfy { $0.task >= 0 || $0.kind == .lostEvents })
        #expect(recording.issues.count <= IssueLog.keptMax * ImportIssueKind.allCases.count)
      } catch let error as TraceReadError {
        // So few lines that none is left of the form.
        #expect(!error.predicate.isEmpty)
      }
    }
  }

  @Test(arguments: Packing.allCases)
  func noDamageStopsTheDecompressor(packing: Packing) throws {
    let packed = try packing.pack(Array(Fixture.text("storm-lossy-cut.txt.zst").prefix(12_000)))
    var options = TraceReadOptions()
    options.unpackedMax = 1 << 20
    var mutator = Mutator(seed: 0x0123_4567_89ab_cdef)
    for _ in 0..<Self.executions {
      do {
        _ = try Recording(mutator.damage(packed), options: options)
      } catch is TraceReadError {
      }
    }
  }

  @Test func noDamageStopsTheCatalogue() throws {
    let text = Array(PackageResources.linux_6_1_probes)
    var mutator = Mutator(seed: 0xfeed_face_cafe_beef)
    for _ in 0..<Self.executions {
      do throws(CatalogueError) {
        _ = try ProbeCatalogue.embedded.overridden(by: String(decoding: mutator.damage(text), as: UTF8.self))
      } catch {
        #expect(error.line > 0 && !error.reason.isEmpty)
      }
    }
  }
}

/// Changes, takes out, doubles and moves bytes, and cuts the end: always the same, for one seed.
struct Mutator {
  private var state: UInt64

  /// Bytes that mean something to one form or another.
  private static let pieces: [[UInt8]] = [
    "\n", "\r\n", "\0", "-", "[", "]", ":", "(", ")", "=", "0x", "99999999999999999999", "9223372036854775808",
    "[4294967296]", "CPU:",
    "[EVENTS DROPPED]", "# tracer: nop\n", "##### CPU 9 buffer started ####\n", "{\"type\": \"lost_events\"}\n",
    "gpc v1 ", "\\u0000",
    "\"", "\\", "{", "PERF_RECORD_LOST lost ", " <-", "<stack trace>", "\u{ff}",
    "entries-in-buffer/entries-written: 1/9\n",
  ].map { Array($0.utf8) }

  init(seed: UInt64) { state = seed }

  private mutating func random(_ below: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % max(below, 1)
  }

  mutating func damage(_ text: [UInt8]) -> [UInt8] {
    var bytes = text
    for _ in 0...random(30) where bytes.count > 1 {
      let place = random(bytes.count)
      switch random(7) {
      case 0: bytes[place] = UInt8(random(256))
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(bytes[random(bytes.count)], at: place)
      case 3: bytes.removeSubrange(place..<min(place + random(200), bytes.count))
      case 4: bytes.insert(contentsOf: Self.pieces[random(Self.pieces.count)], at: place)
      case 5:
        let start = random(bytes.count)
        bytes.insert(contentsOf: Array(bytes[start..<min(start + random(400), bytes.count)]), at: place)
      case _: if random(8) == 0 { bytes.removeSubrange(place...) }
      }
    }
    return bytes
  }
}

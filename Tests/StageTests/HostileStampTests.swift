// Recordings whose stamps no clock gives: reported and compared as they stand, or counted as dirt; never a trap, and no
// model that spins.

import Foundation
import KVMEvents
import RealBinary
import Stages
import Testing
import TraceReaders
import TraceStore

@Suite struct HostileStampTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// How many drawn recordings; more by hand: GPC_REPLAY_MUTATIONS=10000.
  private static let drawnCount =
    ProcessInfo.processInfo.environment["GPC_REPLAY_MUTATIONS"].flatMap { Int($0) } ?? 40

  private static let end = UInt64(TraceTimestamp.end)
  /// In nanoseconds: both ends, between them, and what is none.
  private static let stamps: [UInt64] = [0, 1, 203_000_000_000, end / 2, end - 1_000_000_001, end - 1, end, .max]

  /// Through every stage. Every view can be read, whatever there is to sum.
  private func run(_ lines: [String]) throws {
    let text = try folder.write("trace.txt", lines.joined(separator: "\n") + "\n")
    let database: TraceDatabase
    do {
      database = try Stages.imported(TraceReader(.file(path: text.path), options: TraceReadOptions()))
    } catch let error as TraceReadError {
      // No line is left that is an event.
      #expect(!error.predicate.isEmpty)
      return
    }
    #expect(try !Stages.report(database).text.isEmpty)
    #expect(try !Stages.compare(database).text.isEmpty)
    #expect(try Stages.viewFault(database) == nil)
    try Stages.replay(database)
    #expect(try !Stages.report(database).text.isEmpty)
  }

  /// The line with another stamp; one without a stamp as it is.
  private func stamped(_ line: String, _ stamp: UInt64) -> String {
    guard let bracket = line.range(of: "] "), let colon = line[bracket.upperBound...].firstIndex(of: ":") else {
      return line
    }
    let fraction = String(stamp % 1_000_000_000)
    let digits = "\(stamp / 1_000_000_000).\(String(repeating: "0", count: 9 - fraction.count))\(fraction)"
    return String(line[..<bracket.upperBound]) + digits + line[colon...]
  }

  private static let cases = ["contract", "two-refreshers", "late-walk", "spun-for-others"]

  @Test(arguments: cases) func oneStampAfterTheOther(name: String) throws {
    let lines = try CorpusTrace(name).lines
    for place in lines.indices {
      for stamp in [0, Self.end / 2, Self.end - 1] {
        var hostile = lines
        hostile[place] = stamped(lines[place], stamp)
        try run(hostile)
      }
    }
  }

  /// Back and forth from end to end: the sums leave 64 bits with the third difference.
  @Test(arguments: cases) func fromEndToEnd(name: String) throws {
    let lines = try CorpusTrace(name).lines
    for period in 2...5 {
      try run(lines.enumerated().map { stamped($1, $0 % period == 0 ? 0 : Self.end - 1) })
      try run(lines.enumerated().map { stamped($1, $0 % period == 0 ? Self.end - 1 : 0) })
    }
    for stamp in Self.stamps { try run(lines.map { stamped($0, stamp) }) }
  }

  @Test(arguments: cases) func drawnStamps(name: String) throws {
    let lines = try CorpusTrace(name).lines
    var state: UInt64 = 0x0123_4567_89ab_cdef
    func random(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % below
    }
    for _ in 0..<Self.drawnCount {
      let share = 1 + random(4)
      try run(lines.map { random(share) == 0 ? stamped($0, Self.stamps[random(6)]) : $0 })
    }
  }

  /// The most that a tracer's counter can say was lost, more than once; and more than that.
  @Test(arguments: ["9223372036854775807", "18446744073709551615", "99999999999999999999", "0"])
  func lossesAreSummed(count: String) throws {
    let lines = try CorpusTrace("contract").lines
    let marker = "CPU:1 [\(count) EVENTS DROPPED]"
    try run(lines.flatMap { [$0, marker] })
  }
}

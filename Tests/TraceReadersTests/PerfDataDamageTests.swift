// Damaged perf.data files: a sentence or a counted issue, the rest still used, no crash and no hang.

import Foundation
import KVMEvents
import Testing

@testable import TraceReaders

@Suite struct PerfDataDamageTests {
  /// The error that a file is turned away with; nil: it is read.
  private func error(_ bytes: [UInt8]) throws -> TraceReadError? {
    do {
      _ = try Recording(bytes)
      return nil
    } catch let error as TraceReadError {
      return error
    }
  }

  private static func word(_ value: UInt64) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

  /// The formats come last: without them nothing can be read of a file; of a pipe, all that is there.
  @Test(arguments: ["", "-zstd", "-big-endian"]) func everyTruncatedFileIsSaid(form: String) throws {
    let bytes = try PerfDataTests.bytes(form)
    let records = bytes.count - 24_000
    for length in Array(8..<200) + Array(stride(from: 200, to: records, by: 4001))
      + Array(bytes.count - 40..<bytes.count)
    {
      let isFaulty: Bool
      switch try error(Array(bytes.prefix(length))) {
      case .damagedFile(let fault) where fault.format == .perfData: isFaulty = true
      case nil: isFaulty = false
      case let other: throw other ?? .notATrace(.empty)
      }
      // Behind the formats stands what no event needs.
      #expect(isFaulty || length > bytes.count - 60, "cut at \(length)")
    }
  }

  @Test(arguments: ["-pipe", "-pipe-zstd"]) func aCutPipeIsReadAsFarAsItGoes(form: String) throws {
    let bytes = try PerfDataTests.bytes(form)
    let whole = try Recording(bytes)
    let boundaries = Self.boundaries(bytes)
    var lengths = Array(stride(from: 25_000, to: bytes.count, by: 997))
    lengths += bytes.count - 120..<bytes.count
    for length in lengths {
      do {
        let cut = try Recording(Array(bytes.prefix(length)))
        #expect(cut.incomplete != nil || boundaries.contains(length), "cut at \(length)")
        #expect(cut.events.count <= whole.events.count + 1)
        #expect(cut.incomplete == nil || cut.events.last?.kind == .lostEvents, "what is missing is a loss")
      } catch TraceReadError.damagedFile(let fault) where fault.format == .perfData {
        #expect(length < 60_000)
      }
    }
  }

  /// Where a record of a pipe's file ends: a cut there cannot be told from an end.
  private static func boundaries(_ bytes: [UInt8]) -> Set<Int> {
    var ends: Set<Int> = []
    var place = 16
    while place < bytes.count {
      let type: UInt32 = bytes.number(at: place)
      let attached = type == 66 ? Int(bytes.number(at: place + 8) as UInt32) : 0
      place += Int(bytes.number(at: place + 6) as UInt16) + (attached + 7) & ~7
      ends.insert(place)
    }
    return ends
  }

  @Test func aKilledRecorderIsSaid() throws {
    var file = try PerfBytes()
    file.put(UInt64(0), at: 48)
    #expect(try error(Array(file.bytes.prefix(file.bytes.count - 24_000))) == .perfData(.unfinished))
  }

  @Test(
    arguments: [
      (8, [105], .part(.odd(.header))), (8, [0], .part(.odd(.header))), (16, [143], .part(.odd(.header))),
      (16, [0, 0, 0, 0], .part(.odd(.header))), (16, [0xff, 0xff, 0xff], .part(.odd(.header))),
      (24, [0, 0, 0, 0, 0, 0, 0, 0xff], .part(.odd(.header))), (32, [1], .part(.odd(.header))),
      (32, [0, 0, 0, 0], .noTracepoints), (40, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], .part(.odd(.header))),
      (50, [0xff], .part(.cutOff(.features))), (72, [0], .noTracepoints), (0x4a8, [9], .noTracepoints),
    ] as [(Int, [UInt8], PerfDataFault)])
  func anOddHeaderIsAnError(place: Int, bytes: [UInt8], fault: PerfDataFault) throws {
    var file = try PerfBytes()
    if place == 0x4a8 {
      for attribute in file.attributes { file.put(UInt32(1), at: attribute) }
    } else {
      file.bytes.replaceSubrange(place..<place + bytes.count, with: bytes)
    }
    #expect(try error(file.bytes) == .perfData(fault))
  }

  // Attributes

  @Test(arguments: [0, 1, 64, 127, 129, .max] as [UInt32]) func anAttributeThatLiesAboutItsSizeIsAnError(size: UInt32)
    throws
  {
    var file = try PerfBytes()
    file.put(size, at: file.attributes[3] + 4)
    #expect(try error(file.bytes) == .perfData(.part(.odd(.attributes))))
  }

  @Test(arguments: [
    (UInt64(1) << 40, UInt64(32), PerfDataFault.part(.cutOff(.attributes))),
    (104, 33, .part(.odd(.attributes))), (104, .max, .part(.odd(.attributes))),
    (104, 1 << 23, .part(.cutOff(.attributes))),
  ])
  func idsThatAreNotThereAreAnError(offset: UInt64, bytes: UInt64, fault: PerfDataFault) throws {
    var file = try PerfBytes()
    let section = file.attributes[3] + 128
    file.put(offset, at: section)
    file.put(bytes, at: section + 8)
    #expect(try error(file.bytes) == .perfData(fault))
  }

  @Test(arguments: [(UInt64(1) << 2, PerfDataFault.lacks(.time)), (1 << 7, .lacks(.cpu)), (1 << 10, .lacks(.raw))])
  func samplesThatLackWhatIsNeededAreAnError(bit: UInt64, fault: PerfDataFault) throws {
    var file = try PerfBytes()
    for place in file.attributes { file.put(file.bytes.number(at: place + 24) & ~bit, at: place + 24) }
    #expect(try error(file.bytes) == .perfData(fault))
  }

  @Test func samplesThatDoNotSayWhoseTheyAreAreAnError() throws {
    var file = try PerfBytes()
    file.put(file.bytes.number(at: file.attributes[3] + 24) & ~(UInt64(1) << 16), at: file.attributes[3] + 24)
    #expect(try error(file.bytes) == .perfData(.mixedSamples))
  }

  /// Every so manyth event, by a frequency, or only the newest ones.
  @Test(arguments: [(16, UInt64(100)), (40, 1 << 10), (40, 1 << 27)]) func whatWasNotAllRecordedIsSaid(
    place: Int, value: UInt64
  ) throws {
    var file = try PerfBytes()
    let attribute = file.attributes[0]
    let old: UInt64 = file.bytes.number(at: attribute + place)
    file.put(place == 16 ? value : old | value, at: attribute + place)
    #expect(try Recording(file.bytes).counts == [.formLimit: 1])
  }

  // Formats

  @Test func formatsThatLieAreAnErrorOrMissed() throws {
    var file = DatBytes(try PerfBytes().bytes)
    let head = file.place(of: "header_page\0")
    file.put(UInt64.max, at: head + 12)
    #expect(try error(file.bytes) == .perfData(.tracingData(.tooLarge(.layout, bytes: .max))))
    file = DatBytes(try PerfBytes().bytes)
    file.put(UInt8(0x18), at: head - 18)
    #expect(try error(file.bytes) == .perfData(.tracingData(.odd(.header))))
    file = DatBytes(try PerfBytes().bytes)
    file.replace("name: gpc_init\nID: 1777", with: "name: gpc_init\nID: 9777")
    #expect(try Recording(file.bytes).counts == [.badRecord: 11])
    file = DatBytes(try PerfBytes().bytes)
    file.replace("common_type", with: "common_typo", from: file.place(of: "name: "))
    #expect(try Recording(file.bytes).events.count == 600, "the others still say where it is")
  }

  @Test func aSectionOfFormatsThatIsTooLargeIsAnError() throws {
    var file = try PerfBytes()
    let entry = file.data.upperBound
    file.put(UInt64(65) << 20, at: entry + 8)
    #expect(try error(file.bytes) == .perfData(.tracingData(.tooLarge(.formats, bytes: 65 << 20))))
    file.put(UInt64.max, at: entry)
    #expect(try error(file.bytes) == .perfData(.part(.odd(.features))))
  }

  // Records

  @Test(arguments: [0, 7, 8, 9, 0xffff] as [UInt16]) func aRecordsSizeThatLiesEndsWhatCanBeRead(size: UInt16) throws {
    var file = try PerfBytes()
    let samples = file.records(9)
    file.put(size, at: samples[300] + 6)
    let recording = try Recording(file.bytes)
    #expect(
      recording.incomplete?.hasPrefix("the records break off: ") == true || size == 8 || size == 9 || size == 0xffff)
    #expect(recording.events.count < 600 && recording.events.count >= 300)
    if recording.incomplete != nil {
      #expect(recording.counts[.truncated] == 1)
      #expect(recording.events.last?.kind == .lostEvents)
      #expect(recording.events.last?.cpu == RecordedEvent.unknownCPU)
    }
  }

  /// Of a sample: identifier 8, ip 16, pid 24, time 32, cpu 40, period 48, bytes of raw data 56, raw data 60.
  @Test(arguments: [
    (8, UInt64(1) << 50, "of an event that the file does not list"),
    (56, UInt64(UInt32.max), "its fields reach past it"),
    (32, .max, "a time stamp of 2^62 ns or more"), (40, UInt64(UInt32.max), "on a CPU that no Linux has"),
    (56, 1, "shorter than the number of its event"), (56, 2 | 1777 << 32, "shorter than its event's common fields"),
  ])
  func aRecordThatLiesIsCounted(place: Int, value: UInt64, reason: String) throws {
    var file = try PerfBytes()
    let sample = try #require(file.records(9).first { file.bytes.number(at: $0 + 60) == UInt16(1777) })
    if place == 56 {
      file.put(UInt32(truncatingIfNeeded: value), at: sample + place)
    } else {
      file.put(value, at: sample + place)
    }
    let recording = try Recording(file.bytes)
    #expect(recording.counts == [.badRecord: 1])
    #expect(recording.issues.first?.reason == "a record of no use: \(reason)")
    #expect(recording.events.count == 599)
    #expect(recording.lines == 600)
  }

  /// A stamp that no clock has must not let the rounds hand on everything behind it.
  @Test func aStampOfNoClockLeavesTheOthersInOrder() throws {
    var file = DatBytes(try PerfDataTests.bytes("-pipe"))
    var place = 16
    var samples: [Int] = []
    while place < file.bytes.count {
      let type = file.number(at: place, UInt32.self)
      if type == 9 { samples.append(place) }
      let attached = type == 66 ? Int(file.number(at: place + 8, UInt32.self)) : 0
      place += Int(file.number(at: place + 6, UInt16.self)) + (attached + 7) & ~7
    }
    file.put(UInt64.max - 1, at: samples[70] + 32)
    let recording = try Recording(file.bytes)
    #expect(recording.counts == [.badRecord: 1])
    #expect(recording.events.count == 599)
  }

  @Test func aSampleOfAnotherEventThanItsIDSaysIsCounted() throws {
    var file = try PerfBytes()
    file.put(UInt16(1778), at: file.records(9)[5] + 60)
    let recording = try Recording(file.bytes)
    #expect(recording.counts == [.badRecord: 1])
    #expect(recording.events.count == 599)
  }

  /// Its common field knows who it was.
  @Test func aThreadThatIsAboutToEndHasItsNumber() throws {
    var file = try PerfBytes()
    let whole = try Recording(file.bytes)
    for sample in file.records(9) { file.put(UInt64.max, at: sample + 24) }
    #expect(try Recording(file.bytes).events.map(\.pid) == whole.events.map(\.pid))
    #expect(try Recording(file.bytes).events.allSatisfy { $0.pid > 0 })
  }

  // Losses

  @Test func aLossStandsInFrontOfTheRecordThatWaitedForRoom() throws {
    var file = try PerfBytes()
    let sample = file.records(9)[100]
    let (id, time, cpu): (UInt64, UInt64, UInt64) =
      (file.bytes.number(at: sample + 8), file.bytes.number(at: sample + 32), file.bytes.number(at: sample + 40))
    file.insert(PerfBytes.record(2, [id, 7], time: time + 1_000_000, cpu: cpu, id: id), at: sample)
    let recording = try Recording(file.bytes)
    let place = try #require(recording.events.firstIndex { $0.kind == .lostEvents })
    #expect(recording.events[place].cpu == Int32(cpu))
    #expect(recording.events[place][.len] == 7)
    #expect(recording.events[place + 1].time.rawValue == Int64(time))
    #expect(recording.events.count == 601)
    #expect(recording.counts == [:])
  }

  /// perf record's own count holds what the kernel told already; its id says which CPU it is of.
  @Test(arguments: [(7, [7]), (10, [7, 3])] as [(UInt64, [UInt64])])
  func whatWasNeverToldIsLostAtTheEnd(count: UInt64, lengths: [UInt64]) throws {
    var file = try PerfBytes()
    let sample = file.records(9)[100]
    let (id, time, cpu): (UInt64, UInt64, UInt64) =
      (file.bytes.number(at: sample + 8), file.bytes.number(at: sample + 32), file.bytes.number(at: sample + 40))
    file.insert(PerfBytes.record(13, [count], time: 0, cpu: 0, id: id), at: file.data.upperBound)
    file.insert(PerfBytes.record(13, [99], misc: 1 << 15, time: 0, cpu: 0, id: id), at: file.data.upperBound)
    file.insert(PerfBytes.record(2, [id, 7], time: time, cpu: cpu, id: id), at: sample)
    let losses = try Recording(file.bytes).events.filter { $0.kind == .lostEvents }
    #expect(losses.map { $0[.len] } == lengths)
    #expect(losses.allSatisfy { $0.cpu == Int32(cpu) })
  }

  // What is packed

  @Test func aDamagedStreamIsReadUpToThere() throws {
    var bytes = try PerfDataTests.bytes("-zstd")
    var place = Int(bytes.number(at: 40) as UInt64)
    var packed: [Int] = []
    while place < Int(bytes.number(at: 40) + bytes.number(at: 48) as UInt64) {
      if bytes.number(at: place) == UInt32(81) { packed.append(place) }
      place += Int(bytes.number(at: place + 6) as UInt16)
    }
    #expect(packed.count == 13)
    for byte in packed[6] + 20..<packed[6] + 60 { bytes[byte] ^= 0xff }
    let recording = try Recording(bytes)
    #expect(recording.incomplete?.hasPrefix("the records break off: the zstd stream is damaged (") == true)
    #expect(recording.events.count > 250 && recording.events.count < 600)
    #expect(recording.events.last?.kind == .lostEvents)
  }

  /// The records themselves say it, too.
  @Test func whatIsPackedNeedsNoFeature() throws {
    var bytes = try PerfDataTests.bytes("-zstd")
    #expect(bytes[75] & 8 != 0)
    bytes[75] &= ~8
    #expect(try Recording(bytes).lines() == Recording(PerfDataTests.bytes("")).lines())
  }

  @Test func whatIsPackedAmongWhatIsNotEndsWhatCanBeRead() throws {
    var file = try PerfBytes()
    file.insert(PerfBytes.record(81, [1], time: 0, cpu: 0, id: 0), at: file.records(9)[300])
    let recording = try Recording(file.bytes)
    #expect(recording.incomplete == "the records break off: packed ones among others; what stands before was read")
    #expect(recording.events.count == 301)
  }
}

// Damaged pages, records and formats: what is wrong is counted in its place, and taken as lost where events may be
// missing.

import Foundation
import KVMEvents
import Testing

@testable import TraceReaders

@Suite struct TraceDatPageTests {
  private func quiet() throws -> DatBytes { try DatBytes("quiet-v6.dat") }
  /// Where the first page of CPU 3 has its commit word and its first entry.
  private let commit = 8
  private let firstEntry = 16

  private func read(_ change: (inout DatBytes, Int) -> Void) throws -> Recording {
    var file = try quiet()
    let page = file.page(ofCPU: 3)
    change(&file, page)
    return try Recording(file.bytes)
  }

  @Test(arguments: [4081, 5000, 0x7ff_ffff] as [UInt64])
  func aPageThatCommitsMoreThanItHasIsLost(bytes: UInt64) throws {
    let recording = try read { $0.put(bytes, at: $1 + commit) }
    #expect(recording.counts == [.badPage: 1])
    #expect(recording.issues.map(\.excerpt) == ["CPU 3"])
    #expect(recording.events.first?.kind == .lostEvents)
    #expect(recording.events.first?.cpu == 3)
    #expect(recording.events.count > 600)
  }

  @Test(arguments: [0, 1, 3, 4])
  func anEntryWithoutALengthEndsItsPage(length: UInt32) throws {
    let recording = try read {
      $0.put(UInt32(0), at: $1 + firstEntry)
      $0.put(length, at: $1 + firstEntry + 4)
    }
    #expect(recording.counts == [.badPage: 1])
    #expect(recording.events.first?.kind == .lostEvents)
    #expect(recording.events.count > 600)
  }

  @Test(arguments: [4077, 100_000, .max] as [UInt32])
  func anEntryPastItsPageEndsIt(length: UInt32) throws {
    let recording = try read {
      $0.put(UInt32(0), at: $1 + firstEntry)
      $0.put(length, at: $1 + firstEntry + 4)
    }
    #expect(recording.counts == [.badPage: 1])
  }

  @Test(arguments: [1, 28, 29, 30, 31] as [UInt32], [0, 1, 0x7ff_ffff] as [UInt32])
  func noEntryTypeStopsTheReader(type: UInt32, delta: UInt32) throws {
    let recording = try read { $0.put(type | delta << 5, at: $1 + firstEntry) }
    #expect(recording.events.count > 600)
  }

  @Test(arguments: [1 << 63, .max, (1 << 63) - 1] as [UInt64])
  func stampsBeyondAllClocksAreNoEvents(stamp: UInt64) throws {
    let recording = try read { $0.put(stamp, at: $1) }
    #expect(recording.counts[.badRecord] ?? 0 > 0)
    #expect(recording.counts[.badRecord] ?? 0 < 100)
    #expect(recording.events.count > 600)
    #expect(recording.events.allSatisfy { $0.time.rawValue >= 0 })
  }

  @Test func aPageBeforeTheOneBeforeItIsSaid() throws {
    let recording = try read { $0.put(UInt64(5), at: $1 + 4096) }
    #expect(recording.counts[.timeWentBack] == 1)
    #expect(recording.events.count == 761)
  }

  @Test func lossesAreReadFromThePage() throws {
    let unknown = try read { $0.put($0.number(at: $1 + commit, UInt64.self) | 1 << 31, at: $1 + commit) }
    #expect(unknown.events.first?.kind == .lostEvents)
    #expect(unknown.events.first?[.len] == nil)
    // The count stands behind the data, where there is room for it.
    let counted = try read {
      let used = $0.number(at: $1 + commit, UInt64.self)
      $0.put(used | 3 << 30, at: $1 + commit)
      $0.put(UInt64(77), at: $1 + firstEntry + Int(used))
    }
    #expect(counted.events.first?[.len] == 77)
    #expect(counted.events.count == 762)
  }

  @Test func anEventWithoutAFormatIsCounted() throws {
    let recording = try read { $0.put(UInt16(65_000), at: $1 + firstEntry + 4) }
    #expect(recording.counts == [.badRecord: 1])
    #expect(recording.events.count == 760)
    #expect(recording.events.first?.id == 2)
  }

  // Formats that lie

  @Test(arguments: [
    ("\toffset:16;\tsize:8;\tsigned:0;", "\toffset:99;\tsize:8;\tsigned:0;"),
    ("\toffset:16;\tsize:8;\tsigned:0;", "\toffset:16;\tsize:3;\tsigned:0;"),
  ])
  func aFieldWhereNoneCanBeIsABadField(old: String, new: String) throws {
    var file = try quiet()
    file.replace(old, with: new, from: file.place(of: "name: gpc_init\n"))
    let recording = try Recording(file.bytes)
    #expect(recording.counts == [.badField: 11])
    #expect(recording.events.count == 761)
    let inits = recording.events.filter { $0.kind == .gpcInit }
    #expect(inits.allSatisfy { $0.gpc == nil && $0.kvm != nil })
  }

  @Test func aFieldThatIsNotThereIsMissing() throws {
    var file = try quiet()
    file.replace("u64 gpc;", with: "u64 cpg;", from: file.place(of: "name: gpc_init\n"))
    let recording = try Recording(file.bytes)
    #expect(recording.counts == [.missingField: 11])
    #expect(recording.events.count == 761)
  }

  @Test func anEventWithoutAPidIsNoEvent() throws {
    var file = try quiet()
    file.replace("common_pid", with: "common_dip", from: file.place(of: "name: gpc_init\n"))
    #expect(try Recording(file.bytes).counts == [.badRecord: 11])
  }

  @Test func aFormatWithoutANumberIsSaid() throws {
    var file = try quiet()
    file.replace("ID: ", with: "IX: ", from: file.place(of: "name: gpc_init\n"))
    #expect(try Recording(file.bytes).counts == [.badPart: 1, .badRecord: 11])
  }

  // CPU lists

  @Test func fourThousandCPUsAreRead() throws {
    let file = try quiet()
    let cpus = 4096
    // One page per CPU, and in it the first two records of CPU 3's first page.
    var page = Array(file.bytes[file.page(ofCPU: 3)..<file.page(ofCPU: 3) + 4096])
    let first = 4 + Int(page[firstEntry] & 31) * 4
    let second = 4 + Int(page[firstEntry + first] & 31) * 4
    page[commit] = UInt8(first + second)
    page[commit + 1] = 0
    let list = file.cpuCount + 14
    let data = (list + 16 * cpus + 4095) & ~4095
    var head = DatBytes(file.bytes[..<file.cpuCount] + [UInt8](repeating: 0, count: data - file.cpuCount))
    head.put(UInt32(cpus), at: file.cpuCount)
    head.put("flyrecord\0", at: file.cpuCount + 4)
    for cpu in 0..<cpus {
      head.put(UInt64(data + cpu * 4096), at: list + 16 * cpu)
      head.put(UInt64(4096), at: list + 16 * cpu + 8)
    }
    let bytes = head.bytes + repeatElement(page, count: cpus).joined()
    let recording = try Recording(bytes)
    #expect(recording.counts == [:])
    #expect(recording.events.count == 2 * cpus)
    // The same time everywhere: in the order of the CPUs.
    #expect(recording.events.prefix(cpus).map(\.cpu) == (0..<Int32(cpus)).map { $0 })
  }

  @Test(arguments: [UInt32.max, 1 << 31, 70_000])
  func absurdCountsOfCPUsAreAnError(count: UInt32) throws {
    var file = try quiet()
    file.put(count, at: file.cpuCount)
    // The options say it too, and have the last word.
    let option = file.place(of: "\u{8}\0\u{4}\0\0\0\u{4}\0\0\0", from: file.cpuCount)
    file.put(count, at: option + 6)
    #expect(throws: TraceReadError.traceDat(.odd(.buffer))) { try Recording(file.bytes) }
  }

  @Test func cpusThatShareTheirBytesAreAnError() throws {
    var file = try quiet()
    for cpu in 0..<4 {
      file.put(UInt64(file.page(ofCPU: 3)), at: file.cpuList + 16 * cpu)
      file.put(UInt64(4096), at: file.cpuList + 16 * cpu + 8)
    }
    #expect(throws: TraceReadError.traceDat(.odd(.buffer))) { try Recording(file.bytes) }
  }

  @Test(arguments: [.max, 1 << 63, .max - 4095] as [UInt64])
  func aCPUBehindTheEndOfAllFilesIsAnError(offset: UInt64) throws {
    var file = try quiet()
    file.put(offset, at: file.cpuList + 16 * 3)
    #expect(throws: TraceReadError.traceDat(.odd(.buffer))) { try Recording(file.bytes) }
  }

  @Test func aCPUBehindTheEndOfTheFileIsCutOff() throws {
    var file = try quiet()
    file.put(UInt64(1) << 62, at: file.cpuList + 16 * 3)
    let recording = try Recording(file.bytes)
    #expect(recording.counts == [.truncated: 1])
    #expect(recording.incomplete != nil)
    #expect(recording.events.map(\.cpu).contains(2))
  }
}

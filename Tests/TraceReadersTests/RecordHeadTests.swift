// Heads in every rendering: comms with anything in them, flags, time stamps.

import KVMEvents
import Testing

@testable import TraceReaders

@Suite struct RecordHeadTests {
  private struct Head: Equatable {
    var comm: String
    var pid: Int32
    var cpu: Int32
    var time: Int64
    var name: String
    var body: String
  }

  /// The head that is found in `line` after those in `before`.
  private func head(_ line: String, after before: [String] = []) -> Head? {
    var finder = HeadFinder()
    var found: Head?
    for text in before + [line] {
      let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: LineSplitter.slack)
      bytes.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress else { return }
        let line = Line(start: start, end: start + text.utf8.count)
        found = finder.find(line, TraceCmdText.self).map { head in
          let name = UnsafeRawBufferPointer(start: head.name, count: head.nameCount)
          let body = UnsafeRawBufferPointer(start: head.body, count: line.end - head.body)
          return Head(
            comm: String(decoding: head.comm.comm, as: UTF8.self), pid: head.pid, cpu: head.cpu, time: head.time,
            name: String(decoding: name, as: UTF8.self), body: String(decoding: body, as: UTF8.self))
        }
      }
    }
    return found
  }

  private static let comms = [
    "workload", "<idle>", "<...>", "CPU 0/KVM", "a-12 [003]", "a-1 [000] 1.5: ", "1.5: gpc_init:", "CPU:3 [LOST 7 E",
    "-",
    "x-1-2-3", "kworker/u8:2-ev", "trailing  ", "[2]", ")(", "é€", "a=b",
  ]

  @Test(arguments: comms)
  func aCommMayHoldAnything(comm: String) {
    let column = String(repeating: " ", count: 16 - comm.utf8.count) + comm
    let line = "\(column)-342   [003]   114.252766486: gpc_init:             (ff) gpc=0x1"
    #expect(
      head(line)
        == Head(comm: comm, pid: 342, cpu: 3, time: 114_252_766_486, name: "gpc_init", body: "(ff) gpc=0x1"))
  }

  @Test(arguments: comms)
  func soItMayInABufferInstance(comm: String) {
    let column = String(repeating: " ", count: 16 - comm.utf8.count) + comm
    let first = "kvmgpc:         workload-342   [003]   114.252766486: gpc_init: (ff) gpc=0x1"
    let line = "kvmgpc: \(column)-342   [003]   114.252766487: gpc_init: (ff) gpc=0x1"
    #expect(head(line, after: [first])?.comm == comm)
    // Behind a loss marker the name is missing; then it is back.
    let bare = "\(column)-342   [003]   114.252766486: gpc_init: (ff) gpc=0x1"
    #expect(head(bare, after: [first])?.comm == comm)
    #expect(head(line, after: [first, bare])?.comm == comm)
  }

  private static let stem = "        workload-342   [003]"

  @Test(
    arguments: [
      ("\(stem)   114.252766: e: b", 114_252_766_000),
      ("\(stem)   114.252766486: e: b", 114_252_766_486),
      ("\(stem) d..2.   114.252766: e: b", 114_252_766_000),
      ("\(stem) d..2.1.   114.252766486: e: b", 114_252_766_486),
      ("\(stem) ..hff 12345.252766486: e: b", 12_345_252_766_486),
      ("\(stem)-0x1   114.252766: e: b", 114_252_766_000),
      ("\(stem) d..2.-0x1f   114.252766: e: b", 114_252_766_000),
      ("\(stem)974876823488: e: b", 974_876_823_488),
      ("\(stem)       12345: e: b", 12_345),
      ("\(stem) d..2.974876823488: e: b", 974_876_823_488),
      ("\(stem)   114.252766: (+6203)   e: b", 114_252_766_000),
      ("\(stem)   114.252766:          e: b", 114_252_766_000),
      ("workload-342     3.....   114.252766: e: b", 114_252_766_000),
      ("workload-342     3d..1.   114.252766486: e: b", 114_252_766_486),
      ("workload-342     3dN.2.-0x1   114.252766: e: b", 114_252_766_000),
      ("workload-342 [003] 114.252766: e: b", 114_252_766_000),
      ("\(stem) 4611686018.427387903: e: b", 4_611_686_018_427_387_903),
      ("\(stem) 4611686018427387903: e: b", 4_611_686_018_427_387_903),
    ] as [(String, Int64)])
  func readsTheStamp(line: String, time: Int64) {
    #expect(head(line) == Head(comm: "workload", pid: 342, cpu: 3, time: time, name: "e", body: "b"))
  }

  @Test(arguments: [
    "", "-", " ", "cpus=4", "CPU:3 [EVENTS DROPPED]", stem, "\(stem) ", "\(stem)   114.252766", "\(stem)   114.252766:",
    "\(stem)   114.252766: e", "\(stem)   114.252766: e b: c", "\(stem)   114.25276: e: b", "\(stem)   114.: e: b",
    "\(stem)   4611686018.427387904: e: b", "\(stem)   9223372037.000000000: e: b",
    "\(stem) 99999999999999999999: e: b", "\(stem) 18446744073709551615: e: b",
    "\(stem) d..21974876823488: e: b", "        workload-99999999999   [003]   114.252766: e: b",
    "        workload-1   [99999999999]   114.252766: e: b", "        workload   1   [003]   114.252766: e: b",
    "this is a long line of text-1 [001] 114.252766: e: b", "        workload-342   [003]   114.252766: sys:e: b",
  ])
  func hasNoHead(line: String) {
    #expect(head(line) == nil)
  }

  @Test(
    arguments: [
      ("CPU:3 [EVENTS DROPPED]", 3, nil), ("CPU:0 [160 EVENTS DROPPED]", 0, 160), ("CPU:1 [LOST 7 EVENTS]", 1, 7),
      ("CPU:12 [LOST EVENTS]", 12, nil), ("kvmgpc: CPU:1 [LOST 7 EVENTS]", 1, 7),
    ] as [(String, Int32, UInt64?)])
  func lossIsSpelledInFiveWays(text: String, cpu: Int32, count: UInt64?) {
    let marker = lossMarker(text)
    #expect(marker?.cpu == cpu)
    #expect(marker?.count == count)
  }

  @Test(arguments: [
    "CPU:3 [LOST 7 E-252", "CPU:3 [EVENTS DROPPED] ", "CPU: [LOST EVENTS]", "CPU:1 [7 LOST EVENTS]", "CPU:1 [",
  ])
  func isNoLossMarker(text: String) {
    #expect(lossMarker(text) == nil)
  }

  private func lossMarker(_ text: String) -> LossMarker? {
    let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: LineSplitter.slack)
    return bytes.withUnsafeBytes { bytes in
      bytes.baseAddress.flatMap { LossMarker(Line(start: $0, end: $0 + text.utf8.count), prefix: 8) }
    }
  }
}

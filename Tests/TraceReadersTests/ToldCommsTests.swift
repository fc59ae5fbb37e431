// Names of threads whose comm was not saved, told by other events of the same recording.

import KVMEvents
import Testing

@testable import TraceReaders

@Suite struct ToldCommsTests {
  private static let unmap = "gpc_unmap: (ff) kvm=0xff529c43c188d000 gpc=0xff529c43c1896668"

  private static func line(_ time: Int, _ tail: String, pid: Int = 537) -> String {
    "           <...>-\(pid)     [003] .....   114.2527\(10 + time): \(tail)\n"
  }

  /// The names that the events of ours have, with these tails between them.
  private static func names(_ tails: [String], pid: Int = 537) throws -> [String] {
    let recording = try Recording(
      "# tracer: nop\n#\n" + tails.enumerated().map { line($0.offset, $0.element, pid: pid) }.joined())
    #expect(recording.counts.keys.allSatisfy { [.microseconds, .unknownEvent].contains($0) })
    return recording.events.filter { $0.kind == .gpcUnmap }.map {
      String(decoding: recording.comm(of: $0), as: UTF8.self)
    }
  }

  /// The words of tracefs, and those of trace-cmd's plugins.
  @Test(
    arguments: [
      "sched_switch: prev_comm=vmm prev_pid=537 prev_prio=120 prev_state=S ==> next_comm=swapper/3 next_pid=0 next_prio=120",
      "sched_switch: prev_comm=x prev_pid=9 prev_prio=120 prev_state=R+ ==> next_comm=vmm next_pid=537 next_prio=120",
      "sched_switch: vmm:537 [120] S ==> swapper/3:0 [120]", "sched_switch: a:1 [9] S ==> vmm:537 [9]",
      "sched_wakeup: comm=vmm pid=537 prio=120 target_cpu=003",
      "sched_waking: comm=vmm pid=537 prio=120 target_cpu=003",
      "sched_wakeup_new: comm=vmm pid=537 prio=120 target_cpu=003",
      "sched_wakeup: vmm:537 [120] success=1 CPU:003", "sched_wakeup: vmm:537 [120]<CPU:003",
      "sched_stat_runtime: comm=vmm pid=537 runtime=123 [ns]",
      "sched_process_fork: comm=vmm pid=537 child_comm=other child_pid=538",
      "sched_process_fork: comm=other pid=530 child_comm=vmm child_pid=537",
    ])
  func anEventTellsTheName(tail: String) throws {
    #expect(try Self.names([tail, Self.unmap]) == ["vmm"])
  }

  /// What names it later holds for what is before, but not over a new thread or name.
  @Test func whatIsBeforeTheFirstTellingHasItsName() throws {
    let wakeup = "sched_wakeup: comm=vmm pid=537 prio=120 target_cpu=003"
    #expect(try Self.names([Self.unmap, wakeup, Self.unmap]) == ["vmm", "vmm"])
    let fork = "sched_process_fork: comm=other pid=530 child_comm=vmm child_pid=537"
    #expect(try Self.names([Self.unmap, fork, Self.unmap]) == ["<...>", "vmm"])
    let exec = "sched_process_exec: filename=/usr/bin/a b pid=9 pid=537 old_pid=537"
    #expect(try Self.names([Self.unmap, exec, Self.unmap, wakeup, Self.unmap]) == ["<...>", "vmm", "vmm"])
    let rename = "task_rename: pid=537 oldcomm=before newcomm=vmm oom_score_adj=0"
    #expect(try Self.names([Self.unmap, rename, Self.unmap]) == ["before", "vmm"])
  }

  /// Another name, or an end: another epoch of the pid.
  @Test func eachEpochOfAPidHasItsOwn() throws {
    func wakeup(_ comm: String) -> String { "sched_wakeup: comm=\(comm) pid=537 prio=120 target_cpu=003" }
    #expect(
      try Self.names([Self.unmap, wakeup("a"), Self.unmap, wakeup("b"), Self.unmap, wakeup("a"), Self.unmap])
        == ["a", "a", "b", "a"])
    let exit = "sched_process_exit: comm=a pid=537 prio=120"
    #expect(try Self.names([Self.unmap, exit, Self.unmap]) == ["a", "<...>"])
    #expect(try Self.names([Self.unmap, exit, wakeup("b"), Self.unmap]) == ["a", "b"])
  }

  @Test(arguments: [
    "CPU 0/KVM", "a pid=537", "a:537 [1]", "fifteen bytes.", "123456789012345", " lead", "x ==> y", "é€",
  ])
  func aCommMayHoldAnything(comm: String) throws {
    let tails = [
      "sched_wakeup: comm=\(comm) pid=537 prio=120 target_cpu=003",
      "sched_switch: prev_comm=\(comm) prev_pid=537 prev_prio=120 prev_state=S ==> next_comm=\(comm) next_pid=9 next_prio=120",
    ]
    let printed = comm.drop { $0 == " " }
    for tail in tails { #expect(try Self.names([tail, Self.unmap]) == [String(printed)]) }
  }

  /// Of other threads, of the idle ones, worded otherwise, or cut off: nothing is told of this one.
  @Test(
    arguments: [
      "sched_wakeup: comm=vmm pid=538 prio=120 target_cpu=003", "sched_wakeup: comm=vmm pid= prio=120",
      "sched_wakeup: comm=vmm", "sched_wakeup:", "sched_switch: prev_comm=vmm prev_pid=", "sched_switch: vmm:537",
      "sched_wakeup: comm=longer than fifteen bytes pid=537 prio=120", "sched_wakeup: comm=<...> pid=537 prio=120",
      "task_rename: pid=537 oldcomm=a", "sched_process_exec: filename=a", "my_event: comm=vmm pid=537",
      "sched_wakeup: comm=vmm pid=99999999999 prio=120",
    ])
  func elseNothingIsTold(tail: String) throws {
    #expect(try Self.names([Self.unmap, tail, Self.unmap]) == ["<...>", "<...>"])
  }

  @Test func theIdleThreadsStayNameless() throws {
    #expect(
      try Self.names([Self.unmap, "sched_wakeup: comm=swapper/3 pid=0 prio=120 target_cpu=003", Self.unmap], pid: 0)
        == ["<...>", "<...>"])
  }

  /// A record that has a name of its own keeps it, and a name as told is the same thread's.
  @Test func aPrintedNameStays() throws {
    let wakeup = Self.line(1, "sched_wakeup: comm=vmm pid=537 prio=120 target_cpu=003")
    let named = Self.line(2, Self.unmap).replacing("<...>", with: "  own")
    let same = Self.line(3, Self.unmap).replacing("<...>", with: "  vmm")
    let recording = try Recording("# tracer: nop\n" + wakeup + named + same + Self.line(4, Self.unmap))
    #expect(recording.tasks.map { String(decoding: $0.comm, as: UTF8.self) } == ["own", "vmm"])
    #expect(recording.events.map(\.task) == [0, 1, 1])
  }

  // MARK: trace.dat

  private static func format(_ name: String, _ fields: [String]) -> EventFormat {
    EventFormat(
      Array("name: \(name)\nID: 42\nformat:\n\(fields.map { "\tfield:\($0)\n" }.joined())\nprint fmt: \"\"\n".utf8))
  }

  private static let switched = format(
    "sched_switch",
    [
      "char prev_comm[16];\toffset:8;\tsize:16;\tsigned:0;", "pid_t prev_pid;\toffset:24;\tsize:4;\tsigned:1;",
      "char next_comm[16];\toffset:28;\tsize:16;\tsigned:0;", "pid_t next_pid;\toffset:44;\tsize:4;\tsigned:1;",
    ])

  private static func names(_ records: [(EventFormat, [UInt8])], isBigEndian: Bool = false) throws -> [[UInt8]] {
    var tasks = TaskTable()
    let first = tasks.id(.untold, pid: 537, tgid: -1, cpu: 0)
    for (format, record) in records {
      let teller = try #require(RecordTeller(format))
      record.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress else { return }
        teller.read(start, bytes: bytes.count, isBigEndian: isBigEndian, into: &tasks)
      }
    }
    let last = tasks.id(.untold, pid: 537, tgid: -1, cpu: 0)
    return [first, last].map { tasks.tasks[Int($0)].comm }
  }

  private static func bytes(_ comm: String) -> [UInt8] {
    Array(comm.utf8) + [UInt8](repeating: 0, count: 16 - comm.utf8.count)
  }

  @Test(arguments: [false, true]) func aRecordTellsTheNames(isBigEndian: Bool) throws {
    func pid(_ pid: Int32) -> [UInt8] {
      withUnsafeBytes(of: isBigEndian ? pid.bigEndian : pid.littleEndian) { Array($0) }
    }
    let record = [UInt8](repeating: 0, count: 8) + Self.bytes("other") + pid(9) + Self.bytes("vmm") + pid(537)
    let vmm = Array("vmm".utf8)
    #expect(try Self.names([(Self.switched, record)], isBigEndian: isBigEndian) == [vmm, vmm])
    let exit = Self.format(
      "sched_process_exit",
      ["char comm[16];\toffset:8;\tsize:16;\tsigned:0;", "pid_t pid;\toffset:24;\tsize:4;\tsigned:1;"])
    let last = [UInt8](repeating: 0, count: 8) + Self.bytes("vmm") + pid(537)
    #expect(try Self.names([(exit, last)], isBigEndian: isBigEndian) == [vmm, Array("<...>".utf8)])
    // Cut off, it tells nothing.
    for count in 0..<record.count {
      let told = try Self.names([(Self.switched, Array(record.prefix(count)))], isBigEndian: isBigEndian)
      #expect(told == [Array("<...>".utf8), Array("<...>".utf8)])
    }
  }

  /// Strings of their own length, as tracepoints have them since 6.15.
  @Test func aCommMayStandElsewhereInTheRecord() throws {
    let format = Self.format(
      "sched_process_exit",
      ["__data_loc char[] comm;\toffset:8;\tsize:4;\tsigned:0;", "pid_t pid;\toffset:12;\tsize:4;\tsigned:1;"])
    func record(_ place: UInt16, _ size: UInt16) -> [UInt8] {
      [UInt8](repeating: 0, count: 8) + withUnsafeBytes(of: place.littleEndian) { Array($0) }
        + withUnsafeBytes(of: size.littleEndian) { Array($0) } + [0x19, 2, 0, 0] + Array("vmm\0".utf8)
    }
    #expect(try Self.names([(format, record(16, 4))]).first == Array("vmm".utf8))
    #expect(try Self.names([(format, record(16, 5))]).first == Array("<...>".utf8), "beyond its end")
    #expect(try Self.names([(format, record(0xffff, 0xffff))]).first == Array("<...>".utf8))
  }

  @Test func aFormatWithoutTheFieldsTellsNothing() {
    #expect(RecordTeller(Self.format("sched_switch", [])) == nil)
    #expect(RecordTeller(Self.format("kvm_exit", ["char comm[16];\toffset:8;\tsize:16;\tsigned:0;"])) == nil)
  }
}

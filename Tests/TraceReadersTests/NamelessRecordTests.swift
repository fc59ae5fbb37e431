// Records of tracefs that have no name of their own, or only the name of an event of ours.

import KVMEvents
import Testing

@testable import TraceReaders

@Suite struct NamelessRecordTests {
  private static func record(_ time: Int, _ tail: String) -> String {
    "        workload-1059    [002] .....   381.2495\(10 + time): \(tail)\n"
  }

  private static func read(_ tails: [String]) throws -> Recording {
    let unmap = "gpc_unmap: (kvm_gpc_unmap+0x4/0x70 [kvm]) kvm=0xff529c43c188d000 gpc=0xff529c43c1896668"
    let lines = ([unmap] + tails + [unmap]).enumerated().map { record($0.offset, $0.element) }
    return try Recording("# tracer: nop\n#\n" + lines.joined())
  }

  /// The print functions of kernel/trace/trace_output.c, trace_syscalls.c, trace_branch.c and blktrace.c.
  @Test(
    arguments: [
      ("sys_ioctl -> 0x0", "sys_ioctl"), ("sys_ioctl -> 0xfffffffffffffff7", "sys_ioctl"),
      ("sys_ioctl(fd: e, cmd: ae80, arg: 0)", "sys_ioctl"), ("sys_getpid()", "sys_getpid"),
      ("sys_openat(int dfd: ffffff9c, const char * filename: 7f61)", "sys_openat"), ("sys_close(fd: 3) ", "sys_close"),
      ("<user stack trace>\n =>  <00007f0c1b4a5b7d>\n => /usr/bin/vmm[+0x12a4]\n => ??", "user_stack"),
      ("<stack trace>\n => kvm_gpc_check\n => [FTRACE TRAMPOLINE]\n => 0xffffffffc0a0f083", "kernel_stack"),
      ("kvm_gpc_check <-kvm_xen_set_evtchn_fast", "function"), ("0xffffffffc0a0f083 <-do_syscall_64", "function"),
      ("kvm_gpc_check+0x0/0x70 [kvm] <-kvm_xen_set+0x12/0x90 [kvm]", "function"),
      ("kvm_gpc_check <ffffffffc07eae70> <-kvm_xen_set <ffffffffc084f3d8>", "function"),
      ("kvm_gpc_check(gpc=0xff529c43c1896668, len=0x40) <-kvm_xen_set", "function"),
      ("do_it(s=\") <- x\", n=1) <-caller", "function"), ("[unknown/kretprobe'd] <-do_exit", "function"),
      ("hva_to_pfn+0x12/0x90 [kvm]: addr is odd", "print"), ("hva_to_pfn <ffffffffc07e1d34>: addr is odd", "print"),
      ("   1059:120:S ==> [002]       0:120:R swapper/2", "context_switch"),
      ("   1059:120:R   + [003]      17: 98:S migration/3", "wakeup"),
      ("#1     inner/outer(us):   12/10    ts:1499801089.066141940 count:3 nmi-total:4 nmi-count:1", "hwlat"),
      ("#5     context    irq timer_latency      1234 ns", "timerlat"),
      ("# 1 buf: 00 ff 00 41", "raw_data"), ("[  ok  ] kvm_gpc_check:pfncache.c:64", "branch"),
      ("[ MISS ] kvm_gpc_check:pfncache.c:64", "branch"),
      ("1000000        190  99.98100       9     18      0   1007     18      1", "osnoise"),
      ("  8,0    Q  WS 12345 + 8 [dd]", "blktrace"), ("Unknown type 1042", "unknown type"),
    ])
  func isAForeignRecord(tail: String, name: String) throws {
    let recording = try Self.read([tail])
    #expect(recording.counts[.badLine] == nil)
    #expect(recording.names.map(\.name) == ["gpc_unmap", name])
    #expect(recording.names.map(\.count) == [2, 1])
    #expect(recording.events.filter { $0.kind == .gpcUnmap }.count == 2)
  }

  /// What may have been an event of ours that lost its name, or a line that two were pressed into.
  @Test(
    arguments: [
      "gpc_retr", "hva_to_pfn_ret (f <- f) pfn=0x1", "(f) gpc=0xff529c43c1896668", "sys_ioctl -> 0xzebra", "sys_ioctl(",
      "sys_ioctl", "<stack", "#", "# 1 bu", "#1", "1059:120", "1059:120:S", "12 34", "8,", "[  ok", "Unknown type",
      "Unknown type 7 gpc_unmap: (f)", "12 13 14.5 gpc_unmap: (f)", "gpc_un vmm-1 [000] ..... 1.000001: f <-g",
      "gpc_unmap(gpc=1) <- caller", "kvm_gpc_check [kvm", "kvm_gpc_check [kvm] gpc_unmap: (f)", "<-", " ",
    ])
  func isDirt(tail: String) throws {
    #expect(try Self.read([tail]).counts[.badLine] == 1)
  }

  /// trace_printk() in hva_to_pfn(), and in every function whose name an event of ours has.
  @Test func aPrintkIsNoEventOfItsFunction() throws {
    let names = ProbeCatalogue.embedded.meanings.filter { $0.value.allSatisfy { $0.definition != nil } }.keys
    #expect(names.contains("hva_to_pfn") && names.contains("kvm_mmu_notifier_invalidate_range_start"))
    for name in names.sorted() {
      for text in ["addr 7f6190000000 is odd", "len=0x1", "gfn", "__gfn_to_page", "-14"] {
        let recording = try Self.read(["\(name): \(text)"])
        #expect(recording.events.map(\.kind) == [.gpcUnmap, .bystander, .gpcUnmap], "\(name): \(text)")
        #expect(recording.names[Int(recording.events[1].name)].name == "print")
        #expect(recording.counts == [.microseconds: 1])
      }
    }
  }

  @Test func aPrintkMayTellWhatTheEventTells() throws {
    let recording = try Self.read(["hva_to_pfn: addr=0x7f6190000000"])
    #expect(recording.events.map(\.kind) == [.gpcUnmap, .bystander, .gpcUnmap])
    #expect(recording.counts == [.microseconds: 1])
  }

  /// The parentheses lost, all else there: no printk is worded so.
  @Test func anEventWithoutItsAddressIsDirt() throws {
    let recording = try Self.read(["hva_to_pfn: addr=0x7f6190000000 write=1"])
    #expect(recording.events.map(\.kind) == [.gpcUnmap, .gpcUnmap])
    #expect(recording.counts == [.microseconds: 1, .badLine: 1])
  }

  @Test(arguments: [
    "(ffffffffc07e1d34)", "(hva_to_pfn+0x4/0x560 [kvm])", "__probe_ip=0xffffffffc07e1d34",
    "[FAILED TO PARSE] __probe_ip=0xffffffffc07e1d34",
  ])
  func aProbesBodyBeginsWithItsAddress(address: String) throws {
    let recording = try Self.read(["hva_to_pfn: \(address) addr=0x7f6190000000 write=1"])
    #expect(recording.events.map(\.kind) == [.gpcUnmap, .hvaToPfn, .gpcUnmap])
    #expect(recording.events[1].uhva?.rawValue == 0x7f61_9000_0000)
    #expect(recording.counts == [.microseconds: 1])
  }

  /// perf and trace-cmd print a trace_printk() under a name of its own.
  @Test func inOtherTextsAPrintHasItsName() throws {
    let perf = "        workload  1340 [003]   522.062749442: "
    let address = "(ffffffffc0a09fa4) gpc=0xff72fe1802762668 kvm=0xff72fe18027e1000"
    let script = try Recording(
      "\(perf)gpc:gpc_init: \(address)\n\(perf)ftrace:print: hva_to_pfn: addr=0x7f6190000000 write=1\n"
        + "\(perf)ftrace:bprint: hva_to_pfn: (f) addr=0x7f6190000000 write=1\n")
    let report = try Recording(
      "cpus=4\n        workload-342   [003]   114.252766486: bprint:               hva_to_pfn: (f) addr=0x1 write=1\n"
        + "hva_to_pfn: (f)-342   [003]   114.252766487: gpc_init:             \(address)\n")
    for recording in [script, report] { #expect(!recording.events.contains { $0.kind == .hvaToPfn }) }
    #expect(report.events.map(\.kind) == [.gpcInit])
    #expect(report.comm(of: report.events[0]) == Array("hva_to_pfn: (f)".utf8))
  }
}

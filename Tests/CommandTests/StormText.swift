// Recordings with much of something, as text; tools/bench.d/growing_trace.py makes more kinds, and larger ones.

/// A text of trace-cmd report in mainline's order and with its fields; each event a microsecond after the one before.
struct StormText {
  private(set) var text = "cpus=4\n"
  private var us = 203_000_001
  private static let kvm = "kvm=0xff529c43c1d85000"
  private static let gpc = "gpc=0xff28c2e6c0e10000"
  static let uhva = 0x7f61_85c0_0000
  static let far = 0x7e61_85c0_0000

  /// With a memslot, a cache and its first refresh.
  init() {
    event("vmm-537", 0, "gpc_init", "gpc=0xff529c43c1d8e668 \(Self.kvm)")
    event("vmm-537", 0, "set_memory_region", "\(Self.kvm) slot=0 flags=0 gpa=0x0 size=0x800000 hva=0x7f6185c00000")
    event("vmm-537", 0, "set_memory_region_ret", "ret=0")
    refresh()
  }

  private mutating func event(_ task: String, _ cpu: Int, _ name: String, _ fields: String) {
    let place = name.hasSuffix("_ret") ? "(ffffffffc07ea7f0 <- ffffffffc07ead3e)" : "(ffffffffc07eafa4)"
    let fraction = String(1_000_000 + us % 1_000_000).dropFirst()
    text += "          \(task) [00\(cpu)] \(us / 1_000_000).\(fraction)000: \(name): \(place) \(fields)\n"
    us += 1
  }

  /// - Parameters:
  ///   - isRepeated: its first round, for an invalidation of its page.
  ///   - cache: 0, 1, …
  mutating func refresh(isRepeated: Bool = false, cache: Int = 0) {
    let gpc = "gpc=0x\(String(0xff28_c2e6_c0e1_0000 as UInt64 + UInt64(cache) * 256, radix: 16))"
    event(
      "vmm-537", 0, "__gpc_refresh",
      "\(gpc) gpa=0x0 uhva=0xff28c2e5c0000000 \(Self.kvm) old_gpa=0xffffffffffffffff old_uhva=0xff28c2e5c0000000 "
        + "gen=0 slotsgen=2 active=1 valid=0")
    for round in isRepeated ? 1...2 : 2...2 {
      event("vmm-537", 0, "gpc_retry_loop", "\(gpc) \(Self.kvm) uhva=0x7f6185c00000")
      event("vmm-537", 0, "hva_to_pfn", "addr=0x7f6185c00000 write=1")
      if round == 1 { start(0, at: Self.uhva) }
      if round == 1 { end(0, at: Self.uhva) }
      event("vmm-537", 0, "hva_to_pfn_ret", "pfn=0x1000")
      event("vmm-537", 0, "gpc_retry_check", "\(gpc) \(Self.kvm) uhva=0x7f6185c00000 pfn=0x1000 mmu_seq=0")
    }
    event("vmm-537", 0, "gpc_refresh_done", "\(gpc) \(Self.kvm) uhva=0x7f6185c00000 pfn=0x1000")
    event("vmm-537", 0, "__gpc_refresh_ret", "ret=0")
  }

  private static func range(_ uhva: Int) -> String {
    "start=0x\(String(uhva, radix: 16)) end=0x\(String(uhva + 4096, radix: 16))"
  }

  mutating func start(_ thread: Int, at uhva: Int) {
    hook("mn_invalidate_range_start", inside: "gpc_invalidate_start", ret: "ret=0", thread, at: uhva)
  }

  mutating func end(_ thread: Int, at uhva: Int) {
    hook("mn_invalidate_range_end", inside: "mn_invalidate_end_kvm", ret: "", thread, at: uhva)
  }

  private mutating func hook(_ name: String, inside: String, ret: String, _ thread: Int, at uhva: Int) {
    let task = "t\(thread)-\(1000 + thread)"
    event(task, 1, name, "mn=0xff529c43c1d8ea88 mm=0xff28c2e6c0e08b00 \(Self.range(uhva)) flags=1 event=1")
    event(task, 1, inside, "\(Self.kvm) \(Self.range(uhva))")
    event(task, 1, name + "_ret", ret)
  }

  /// - Parameter answer: nil: it does not return.
  mutating func check(_ thread: Int = -463, answer: Int? = 1) {
    let task = "t\(thread)-\(1000 + thread)"
    event(
      task, 2, "gpc_check",
      "\(Self.gpc) len=64 \(Self.kvm) gpa=0x0 uhva=0x7f6185c00000 gen=2 slotsgen=2 active=1 valid=1")
    if let answer { event(task, 2, "gpc_check_ret", "ret=\(answer)") }
  }

  mutating func pause(seconds: Int) { us += seconds * 1_000_000 }

  mutating func lost(_ cpu: Int) { text += "CPU:\(cpu) [LOST 5 EVENTS]\n" }
}

// Records that the kernel prints without `name:` after the time stamp.

/// The name under which such a record is counted: the kernel's or trace-cmd's name for it.
///
/// Only known formats are accepted. Any other record without a name may have been a catalogue event.
struct NamelessRecord {
  let name: UnsafeRawPointer
  let nameCount: Int
  /// The position after what was read.
  let body: UnsafeRawPointer

  /// - Parameter start: the first byte after the time stamp and its blanks.
  init?(at start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
    guard start < end else { return nil }
    var place = start
    let word: StaticString
    switch start.byte {
    case UInt8(ascii: "<"):
      // trace_stack_print(), trace_user_stack_print(); the entries follow line by line.
      if skip("<stack trace>", &place, end) {
        word = "kernel_stack"
      } else if skip("<user stack trace>", &place, end) {
        word = "user_stack"
      } else {
        return nil
      }
    case UInt8(ascii: "#"):
      guard let found = Self.numbered(&place, end) else { return nil }
      word = found
    case UInt8(ascii: "["):
      if skip("[  ok  ] ", &place, end) || skip("[ MISS ] ", &place, end) {
        // trace_branch_print(): whether a likely() was.
        word = "branch"
      } else if skip("[unknown/kretprobe'd] <-", &place, end) {
        // kretprobed(): whose return goes through a probe's trampoline.
        word = "function"
      } else {
        return nil
      }
    case 0x30...0x39 where !Self.isHexPrefix(start, end):
      guard let found = Self.numbers(&place, end) else { return nil }
      word = found
    case _:
      if let count = Self.systemCall(&place, end) {
        (name, nameCount, body) = (start, count, place)
        return
      }
      if skip("Unknown type ", &place, end) {
        // print_trace_fmt(): a record of a module that is gone.
        guard decimal(&place, end) != nil, place == end else { return nil }
        word = "unknown type"
      } else if let found = Self.symbol(&place, end) {
        word = found
      } else {
        return nil
      }
    }
    (name, nameCount, body) = (UnsafeRawPointer(word.utf8Start), word.utf8CodeUnitCount, place)
  }

  private static func isHexPrefix(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    end - start > 2 && start.byte == UInt8(ascii: "0") && (start + 1).byte == UInt8(ascii: "x")
  }

  /// `#1     inner/outer(us):   13/13`, `#1     context    irq timer_latency`, `# 1 buf: 0a`: trace_hwlat_print(),
  /// trace_timerlat_print(), trace_raw_data().
  private static func numbered(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> StaticString? {
    place += 1
    if skip(" ", &place, end) {
      guard hexadecimal(&place, end) != nil, skip(" buf:", &place, end) else { return nil }
      return "raw_data"
    }
    guard decimal(&place, end) != nil, skip(" ", &place, end) else { return nil }
    skipBlanks(&place, end)
    if skip("inner/outer(us): ", &place, end) { return "hwlat" }
    return skip("context ", &place, end) ? "timerlat" : nil
  }

  /// `1234:120:R ==> [001]     0:120:R <idle>`, `8,0    Q  WS 12 + 8 [dd]`, `1000000  12 99.99880  4 …`:
  /// trace_ctxwake_print(), blk_log_action(), trace_osnoise_print().
  private static func numbers(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> StaticString? {
    guard decimal(&place, end) != nil, place < end else { return nil }
    switch place.byte {
    case UInt8(ascii: ":"):
      place += 1
      guard decimal(&place, end) != nil, skip(":", &place, end), end - place > 2 else { return nil }
      place += 1
      skipBlanks(&place, end)
      if skip("==> ", &place, end) { return "context_switch" }
      return skip("+ ", &place, end) ? "wakeup" : nil
    case UInt8(ascii: ","):
      place += 1
      guard decimal(&place, end) != nil, skip(" ", &place, end) else { return nil }
      return "blktrace"
    case 0x20:
      skipBlanks(&place, end)
      guard decimal(&place, end) != nil, skip(" ", &place, end) else { return nil }
      skipBlanks(&place, end)
      guard decimal(&place, end) != nil, skip(".", &place, end), decimal(&place, end) != nil else { return nil }
      return UnsafeRawBufferPointer(start: place, count: end - place).allSatisfy { $0 == 0x20 || $0.isDigit }
        ? "osnoise" : nil
    case _: return nil
    }
  }

  /// `sys_ioctl(fd: 3, cmd: ae80, arg: 0)`, `sys_getpid()`, `sys_ioctl -> 0x0`: print_syscall_enter(),
  /// print_syscall_exit(). The kernel calls both by the function's name; its length, `place` moved past all of it.
  private static func systemCall(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> Int? {
    let start = place
    var ahead = place
    guard skip("sys_", &ahead, end) else { return nil }
    skipSymbol(&ahead, end)
    let count = ahead - start
    if skip(" -> 0x", &ahead, end) {
      guard hexadecimal(&ahead, end) != nil, ahead == end else { return nil }
    } else {
      // Linux before 3.0 puts a blank after it.
      var last = end
      while last > ahead, (last - 1).byte == 0x20 { last -= 1 }
      guard skip("(", &ahead, end), last > ahead, (last - 1).byte == UInt8(ascii: ")") else { return nil }
    }
    place = end
    return count
  }

  /// `symbol <-caller` of the function tracer (trace_fn_trace(), its arguments since 6.15), and trace_printk() in a
  /// module, `symbol+0x4/0x70 [kvm]: text` (trace_bprint_print() with options/sym-offset).
  private static func symbol(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> StaticString? {
    let start = place
    skipSymbol(&place, end)
    guard place > start else { return nil }
    if skip("(", &place, end) {
      guard let last = lastCaller(place, end) else { return nil }
      place = last
    }
    if skip(" [", &place, end) {
      skipSymbol(&place, end)
      guard skip("]", &place, end) else { return nil }
      if skip(": ", &place, end) { return "print" }
    }
    // options/sym-addr
    var ahead = place
    if skip(" <", &ahead, end), hexadecimal(&ahead, end) != nil, skip(">", &ahead, end) {
      if skip(": ", &ahead, end) {
        place = ahead
        return "print"
      }
      place = ahead
    }
    return skip(" <-", &place, end) ? "function" : nil
  }

  /// The text after the arguments, which may hold anything: the last `) <-`.
  private static func lastCaller(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UnsafeRawPointer? {
    var place = end - 5
    while place >= start {
      var ahead = place
      if skip(") <-", &ahead, end), ahead < end, ahead.byte != 0x20 { return place + 1 }
      place -= 1
    }
    return nil
  }

  private static func skipSymbol(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) {
    while place < end, place.byte.isOfSymbol { place += 1 }
  }
}

extension UInt8 {
  /// Of a symbol, its offset (`+0x4/0x70`) included.
  fileprivate var isOfSymbol: Bool {
    isDigit || (0x61...0x7a).contains(self) || (0x41...0x5a).contains(self) || self == UInt8(ascii: "_")
      || self == UInt8(ascii: ".") || self == UInt8(ascii: "$") || self == UInt8(ascii: "+")
      || self == UInt8(ascii: "/") || self == UInt8(ascii: "-")
  }
}

// A tracefs in memory, as the kernel answers: instances that appear with their files, probes that are taken or refused.

import Glibc
import Recorder

/// Files below /, of which those in tracefs behave.
final class StandIn: TraceFiles {
  static let tracefs = "/sys/kernel/tracing"

  var contents: [String: [UInt8]] = [:]
  private(set) var folders: Set<String> = []
  /// Probes that the kernel does not take, and what its error_log says; "": nothing.
  var refused: [String: String] = [:]
  /// Errnos of writes, by the end of the path.
  var failing: [String: Int32] = [:]
  /// Folders that cannot be made.
  var mkdirError: Int32 = 0
  /// Somebody reads every instance.
  var isBusy = false
  /// Pages that the rings of each CPU hold.
  var pages: [[[UInt8]]] = [[], []]
  /// What an instance has when it appears, by the path below it.
  var instanceFiles: [String: [UInt8]] = [:]
  /// In their order: what was written, and where.
  private(set) var writes: [(path: String, text: String)] = []

  init(pid: Int32 = 7, start: UInt64 = 4242) {
    setText(Self.tracefs + "/kprobe_events", "")
    folders.insert(Self.tracefs + "/instances")
    setStat(pid: pid, start: start)
  }

  func setText(_ path: String, _ text: String) { contents[path] = Array(text.utf8) }

  /// A process with an odd name.
  func setStat(pid: Int32, start: UInt64) {
    let before = (0..<18).map { _ in "0" }.joined(separator: " ")
    setText("/proc/\(pid)/stat", "\(pid) (a ) b) S \(before) \(start) 0 0\n")
  }

  func makeInstance(_ name: String) {
    let path = "\(Self.tracefs)/instances/\(name)"
    folders.insert(path)
    for file in [
      "trace_clock", "buffer_size_kb", "trace_marker", "tracing_on", "events/kvm/kvm_unmap_hva_range/enable",
    ] {
      setText("\(path)/\(file)", "")
    }
    for (file, bytes) in instanceFiles { contents["\(path)/\(file)"] = bytes }
    for cpu in pages.indices {
      folders.insert("\(path)/per_cpu/cpu\(cpu)")
      if contents["\(path)/per_cpu/cpu\(cpu)/stats"] == nil {
        setText("\(path)/per_cpu/cpu\(cpu)/stats", "entries: 0\noverrun: 0\ncommit overrun: 0\ndropped events: 0\n")
      }
    }
  }

  var instances: [String] { names(in: Self.tracefs + "/instances") }
  var probes: [String] {
    (text(Self.tracefs + "/kprobe_events") ?? "").split(separator: "\n").map(String.init)
  }

  func bytes(_ path: String) -> [UInt8]? { contents[path] }

  func write(_ text: String, to path: String) -> Int32 {
    if let error = failing.first(where: { path.hasSuffix($0.key) }) { return error.value }
    if path.hasSuffix("/kprobe_events") { return probe(text) }
    guard contents[path] != nil else { return ENOENT }
    writes.append((path, text))
    return 0
  }

  private func probe(_ line: String) -> Int32 {
    let words = line.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)
    let name = String(words[0].split(separator: ":")[1])
    let parts = name.split(separator: "/").map(String.init)
    if line.hasPrefix("-:") {
      // A probe that an instance has switched on is in use.
      if instances.contains(parts[0]) { return EBUSY }
      setText(Self.tracefs + "/kprobe_events", probes.filter { !$0.contains(":\(name) ") }.map { $0 + "\n" }.joined())
      folders.remove("\(Self.tracefs)/events/\(name)")
      return 0
    }
    if let reason = refused[parts[1]] {
      let entry = reason.isEmpty ? "" : "[ 12.3] trace_kprobe: error: \(reason)\n  Command: \(line)    ^\n"
      setText(Self.tracefs + "/error_log", (text(Self.tracefs + "/error_log") ?? "") + entry)
      return EINVAL
    }
    // The kernel shows a return probe with the number of returns that it keeps.
    let shown = line.hasPrefix("r:") ? "r10:" + line.dropFirst(2) : line
    setText(Self.tracefs + "/kprobe_events", (text(Self.tracefs + "/kprobe_events") ?? "") + shown)
    folders.insert("\(Self.tracefs)/events/\(name)")
    for instance in instances {
      setText("\(Self.tracefs)/instances/\(instance)/events/\(parts[0])/enable", "")
      setText("\(Self.tracefs)/instances/\(instance)/events/\(name)/format", "name: \(parts[1])\nID: 1\nformat:\n")
    }
    return 0
  }

  func makeFolder(_ path: String) -> Int32 {
    if mkdirError != 0 { return mkdirError }
    if folders.contains(path) { return EEXIST }
    makeInstance(String(path.split(separator: "/").last ?? ""))
    return 0
  }

  func removeFolder(_ path: String) -> Int32 {
    if isBusy { return EBUSY }
    folders = folders.filter { $0 != path && !$0.hasPrefix(path + "/") }
    contents = contents.filter { !$0.key.hasPrefix(path + "/") }
    return 0
  }

  func exists(_ path: String) -> Bool { folders.contains(path) || contents[path] != nil || !names(in: path).isEmpty }

  func names(in path: String) -> [String] {
    let below = (Array(folders) + contents.keys).filter { $0.hasPrefix(path + "/") }
      .compactMap { $0.dropFirst(path.count + 1).split(separator: "/").first.map(String.init) }
    return Set(below).sorted()
  }

  private var opened: [Int: StandInPages] = [:]

  func openPages(_ path: String) -> (any TracePages)? {
    guard let cpu = Int(path.split(separator: "/").dropLast().last?.dropFirst(3) ?? ""), pages.indices.contains(cpu)
    else { return nil }
    let ring = StandInPages(pages[cpu])
    opened[cpu] = ring
    return ring
  }

  /// More pages, by CPU.
  func refill(_ pages: [[[UInt8]]]) {
    for (cpu, more) in pages.enumerated() { opened[cpu]?.pages += more }
  }
}

private final class StandInPages: TracePages {
  var pages: [[UInt8]]

  init(_ pages: [[UInt8]]) { self.pages = pages }

  func next(into block: UnsafeMutableRawBufferPointer) -> Int {
    if pages.isEmpty { return 0 }
    let page = pages.removeFirst()
    block.copyBytes(from: page)
    return page.count
  }
}

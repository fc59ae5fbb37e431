// A recording from the first probe to the last byte, step by step: who drives it decides when it ends.

import Glibc

/// Why a recording could not be made.
package enum RecordingError: Error, Equatable, Sendable {
  case noProcessTable
  case instance(errno: Int32)
  case clock(String)
  case buffer(kib: Int)
  case noProbe([String])
  case enable(errno: Int32)
  case noRing
  case file(RecordingFileError)

  package var sentence: String {
    switch self {
    case .noProcessTable: "/proc is not there."
    case .instance(let number): "No tracefs instance can be made: \(String(cString: strerror(number)))."
    case .clock(let clock): "The kernel has no trace clock \(clock)."
    case .buffer(let kib): "No ring of \(kib) KiB per CPU can be had: a smaller --buffer may fit."
    case .noProbe(let reasons): "No probe could be defined: \(reasons.first ?? "there is none")."
    case .enable(let number): "The probes cannot be switched on: \(String(cString: strerror(number)))."
    case .noRing: "No CPU's ring can be read (trace_pipe_raw)."
    case .file(let error): error.sentence
    }
  }
}

/// A probe that the kernel did not take.
package struct RefusedProbe: Equatable, Sendable {
  package let event: String
  package let reason: String
  package let lost: String
}

package final class Recording {
  private let files: any TraceFiles
  private let settings: RecordingSettings
  package let instance: TraceInstance
  package private(set) var defined: [String] = []
  package private(set) var refused: [RefusedProbe] = []
  private var output: RecordingFile?
  /// What the recording says of itself, at its start and again at its end: a ring that overwrites loses its beginning.
  private var about: [String] = []
  private var pageBytes = 4096

  /// - Parameter pid: whose recording it is.
  package init(
    _ files: any TraceFiles, tracefs: String, settings: RecordingSettings, pid: Int32
  ) throws(RecordingError) {
    guard let name = TraceInstance.name(files, pid: pid) else { throw .noProcessTable }
    self.files = files
    self.settings = settings
    instance = TraceInstance(files, tracefs: tracefs, name: name)
  }

  /// Makes the instance, defines the probes one by one, and switches them on. Whatever this throws, `remove()` has to
  /// follow.
  /// - Parameters:
  ///   - facts: lines about the kernel and the probes, for the recording itself.
  package func start(_ probes: [ProbeToDefine], facts: [String]) throws(RecordingError) {
    let error = instance.make()
    if error != 0 { throw .instance(errno: error) }
    guard instance.set("trace_clock", settings.clock) == 0 else { throw .clock(settings.clock) }
    guard instance.set("buffer_size_kb", "\(settings.bufferKiB)") == 0 else { throw .buffer(kib: settings.bufferKiB) }
    define(probes)
    if defined.isEmpty { throw .noProbe(refused.map(\.reason)) }
    try open()
    about = facts + probes.filter { defined.contains($0.event) }.map { "define " + $0.definition(group: instance.name) }
    for line in about { instance.mark(line) }
    // Probes are switched one by one: a call that begins and ends meanwhile would have its entry alone.
    _ = instance.set("tracing_on", "0")
    // The kernel's own tracepoint is the start hook's first statement; older and younger kernels do without it.
    _ = instance.set("events/kvm/kvm_unmap_hva_range/enable", "1")
    let enabled = instance.set("events/\(instance.name)/enable", "1")
    if enabled != 0 { throw .enable(errno: enabled) }
    _ = instance.set("tracing_on", "1")
  }

  private func define(_ probes: [ProbeToDefine]) {
    for probe in probes {
      switch instance.define(probe.definition(group: instance.name), event: probe.event) {
      case .defined: if !defined.contains(probe.event) { defined.append(probe.event) }
      case .refused(let reason):
        refused.append(RefusedProbe(event: probe.event, reason: reason, lost: probe.lost))
      }
    }
  }

  private var cpus: [Int] {
    files.names(in: instance.path + "/per_cpu").compactMap { name in
      name.hasPrefix("cpu") ? Int(name.dropFirst(3)) : nil
    }.sorted()
  }

  /// The rings in a trace.dat are counted from CPU 0 on without a gap.
  private func open() throws(RecordingError) {
    // From 6.8 on a ring's pages may be larger than the machine's.
    if let text = instance.text("buffer_subbuf_size_kb"), let kib = Int(text.prefix { $0.isNumber }), kib > 0 {
      pageBytes = kib << 10
    }
    var rings: [any TracePages] = []
    for cpu in 0..<((cpus.last ?? -1) + 1) {
      rings.append(files.openPages("\(instance.path)/per_cpu/cpu\(cpu)/trace_pipe_raw") ?? NoPages())
    }
    guard rings.contains(where: { !($0 is NoPages) }) else { throw .noRing }
    do throws(RecordingFileError) {
      output = try RecordingFile(settings.output, pages: rings, pageBytes: pageBytes)
    } catch {
      throw .file(error)
    }
  }

  /// Takes what the rings hold now.
  package func drain() throws(RecordingError) {
    do throws(RecordingFileError) {
      try output?.drain()
    } catch {
      throw .file(error)
    }
  }

  package var bytes: Int64 { output?.bytes ?? 0 }

  /// Writes what was recorded so far as a trace.dat beside the recording, and begins a new stretch, which says again
  /// what it was made with.
  /// - Returns: its path.
  package func writeSoFar() throws(RecordingError) -> String {
    guard let output else { return "" }
    do throws(RecordingFileError) {
      try output.drain()
      try output.writeSoFar(head())
      try output.beginStretch()
    } catch {
      throw .file(error)
    }
    for line in about { instance.mark(line) }
    return output.pathSoFar
  }

  package var stretchCount: Int { output?.stretchCount ?? 0 }

  /// Gives up the oldest stretch: nothing in it was looked for.
  package func dropStretch() throws(RecordingError) {
    do throws(RecordingFileError) {
      try output?.dropStretch()
    } catch {
      throw .file(error)
    }
  }

  /// Sums over all CPUs of a line of `stats`.
  package struct Counts: Equatable, Sendable {
    /// Events that wait in the rings, and such as were taken.
    package var waiting = 0
    package var read = 0
    /// Overwritten before they were taken, and given up.
    package var lost = 0
  }

  package func counts() -> Counts {
    var counts = Counts()
    for cpu in cpus {
      for line in (instance.text("per_cpu/cpu\(cpu)/stats") ?? "").split(separator: "\n") {
        let words = line.split(separator: ":")
        guard words.count == 2, let number = Int(words[1].drop { $0 == " " }) else { continue }
        switch words[0] {
        case "entries": counts.waiting += number
        case "overrun", "commit overrun", "dropped events": counts.lost += number
        case "read events": counts.read += number
        default: break
        }
      }
    }
    return counts
  }

  /// Hits that a probe missed, by event: the kernel had no room to keep a return.
  package func missed() -> [(event: String, count: Int)] {
    var missed: [(event: String, count: Int)] = []
    for line in (files.text(instance.tracefs + "/kprobe_profile") ?? "").split(separator: "\n") {
      let words = line.split { $0 == " " || $0 == "\t" }
      guard words.count == 3, let count = Int(words[2]), count > 0, defined.contains(String(words[0])) else { continue }
      missed.append((String(words[0]), count))
    }
    return missed
  }

  /// Switches the probes off, takes the rest, and writes the trace.dat.
  package func finish() throws(RecordingError) {
    // All probes end at one moment, as they began.
    _ = instance.set("tracing_on", "0")
    _ = instance.set("events/\(instance.name)/enable", "0")
    _ = instance.set("events/kvm/kvm_unmap_hva_range/enable", "0")
    _ = instance.set("tracing_on", "1")
    for (event, count) in missed() { instance.mark("missed \(event) \(count)") }
    for line in about { instance.mark(line) }
    _ = instance.set("tracing_on", "0")
    let head = head()
    do throws(RecordingFileError) {
      while try output?.drain() ?? 0 > 0 {}
      try output?.finish(head)
    } catch {
      throw .file(error)
    }
    output = nil
  }

  private func head() -> TraceDatHead {
    var head = TraceDatHead()
    head.pageBytes = pageBytes
    head.headerPage = bytes("events/header_page")
    head.headerEvent = bytes("events/header_event")
    head.ftraceFormats = formats("ftrace")
    head.systems = [(instance.name, formats(instance.name)), ("kvm", formats("kvm", only: "kvm_unmap_hva_range"))]
    head.comms = files.bytes(instance.tracefs + "/saved_cmdlines") ?? []
    head.clock = bytes("trace_clock")
    head.uname = uname()
    head.statistics = cpus.isEmpty ? [] : (0...(cpus.last ?? 0)).map { bytes("per_cpu/cpu\($0)/stats") }
    return head
  }

  private func bytes(_ file: String) -> [UInt8] { files.bytes(instance.path + "/" + file) ?? [] }

  private func formats(_ system: String, only: String? = nil) -> [[UInt8]] {
    files.names(in: "\(instance.path)/events/\(system)").filter { only == nil || $0 == only }
      .compactMap { files.bytes("\(instance.path)/events/\(system)/\($0)/format") }
  }

  /// System, host, release and machine, as trace-cmd writes them; the host's name stays out of it.
  private func uname() -> String {
    let release = files.text("/proc/sys/kernel/osrelease").map { String($0.prefix { $0 != "\n" }) }
    return release.map { "Linux - \($0) x86_64" } ?? ""
  }

  /// Removes the instance and its probes, and what was written of an unfinished recording.
  /// - Returns: an errno, or 0.
  package func remove() -> Int32 {
    output = nil
    if files.exists(instance.path) {
      _ = instance.set("tracing_on", "0")
      _ = instance.set("events/\(instance.name)/enable", "0")
    }
    return instance.remove()
  }
}

/// A CPU that has no ring: it was never there.
private final class NoPages: TracePages {
  func next(into block: UnsafeMutableRawBufferPointer) -> Int { 0 }
}

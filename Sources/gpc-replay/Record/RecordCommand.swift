// `record`: a recording of this host, by probes of its own.

import ArgumentParser
import Glibc
import Pipeline
import Probes
import Recorder

struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Records KVM's caches and invalidations on this host.",
    discussion: """
      Defines the probes that `gpc-replay probes` prints in a tracefs instance of its own, records while a command runs or for a time, \
      writes a trace.dat, and removes the probes again, whatever happens. Needs root. With a command the exit status is the \
      command's. docs/recording.md says what a recording costs and what to do where this does not work.

      On a host with KVM:
        sudo gpc-replay record --time 30s
        sudo gpc-replay record -o boot.dat -- ./start-my-vm

      Example: gpc-replay record --dry-run --btf Tests/Kernels/7.3.4+deb13-amd64
      """)

  @OptionGroup var kernel: KernelArguments

  @Option(name: .shortAndLong, help: "The recording to write.")
  var output = "trace.dat"

  @Option(
    help: "How long to record (default: 30s, while the command runs, or without limit with --until).",
    transform: TimeSpan.parse)
  var time: TimeSpan?

  @Option(help: "Ring buffer per CPU, such as 8M. Events are lost where it is too small for the load.")
  var buffer = ByteCountArgument(argument: "8M")!

  @Option(help: "The trace clock, one that all CPUs share: \(RecordingSettings.clocks.joined(separator: ", ")).")
  var clock = "mono"

  @Option(
    help: ArgumentHelp(
      "Probes of your own in place of those by BTF: lines of kprobe_events, named as the catalogue has them.",
      valueName: "file"))
  var definitions: String?

  @Option(
    help: ArgumentHelp(
      "End at the first certain finding of these kinds (\(RecordLookCommand.kinds.joined(separator: ", "))), and keep what led to it.",
      valueName: "kinds"))
  var until: FindingKinds?

  @Option(
    help: "With --until: how much is kept at least of the time before the finding (default: 10s).",
    transform: TimeSpan.parse)
  var keep = TimeSpan("10s")!

  @Flag(help: "Print what would be done, and do nothing.")
  var dryRun = false

  @Flag(help: "Say what this host can record, and what verdicts that allows; do nothing.")
  var check = false

  @Option(help: ArgumentHelp("What stands for / in a test.", visibility: .private))
  var root = ""

  @Argument(parsing: .postTerminator, help: "A command to record, after --.")
  var command: [String] = []

  mutating func validate() throws {
    if !RecordingSettings.clocks.contains(clock) {
      throw ValidationError("--clock takes \(RecordingSettings.clocks.joined(separator: ", ")).")
    }
    if let time, time.ns < 1_000_000_000 { throw ValidationError("--time must be at least 1s.") }
    if time != nil && !command.isEmpty { throw ValidationError("--time and a command exclude each other.") }
    if keep.ns < 1_000_000_000 || keep.ns > 3_600_000_000_000 { throw ValidationError("--keep takes 1s to 3600s.") }
    if dryRun && check { throw ValidationError("--dry-run and --check exclude each other.") }
    if buffer.bytes < 4096 || buffer.bytes > 1 << 32 { throw ValidationError("--buffer takes 4K to 4G.") }
  }

  private var settings: RecordingSettings {
    let isEndless = !command.isEmpty || until != nil && time == nil
    let seconds = isEndless ? nil : Int((time?.ns ?? 30_000_000_000) / 1_000_000_000)
    return RecordingSettings(
      output: output, seconds: seconds, command: command, bufferKiB: Int(buffer.bytes >> 10), clock: clock,
      until: until?.kinds ?? [], keepSeconds: Int(keep.ns / 1_000_000_000), version: Tool.version)
  }

  func run() throws {
    let probes = try ProbesToRecord(kernel: kernel, definitions: definitions, root: root)
    let files = SystemTraceFiles(root: root)
    let host = RecordingHost(files)
    let checks = host.checks(isRoot: getuid() == 0, freeBytes: freeBytes(besides: output))
    if check { return try say(checks, probes) }
    if dryRun { return try sayWhatWouldBeDone(checks, probes) }
    for check in checks where check.state == .fatal { throw fail("\(check.sentence).") }
    guard let tracefs = host.tracefs else { throw fail("there is no tracefs.") }
    try RecordRun(files, tracefs: tracefs, settings, probes, buildIDs: host.buildIDs, root: root).run()
  }

  private func say(_ checks: [HostCheck], _ probes: ProbesToRecord) throws {
    var text = checks.map { "\($0.state.rawValue): \($0.sentence)\n" }.joined()
    text += "probes: \(probes.list.count)\n"
    text += probes.absent.map { "not recorded: \($0)\n" }.joined()
    let isPossible = !checks.contains { $0.state == .fatal }
    text += probes.verdicts.map { (isPossible ? "" : "once it can start: ") + "\($0)\n" }.joined()
    try printOut(text)
    if !isPossible { throw ExitStatus.unreadable.code }
  }

  /// When the recording ends.
  private var end: String {
    var ends: [String] = []
    if let seconds = settings.seconds { ends.append("after \(seconds) s") }
    if let name = command.first { ends.append("when \(name) has ended") }
    if let until { ends.append("at the first certain finding of \(until.kinds.joined(separator: " or "))") }
    return ends.joined(separator: ", or ")
  }

  private func sayWhatWouldBeDone(_ checks: [HostCheck], _ probes: ProbesToRecord) throws {
    let fatal = checks.filter { $0.state == .fatal }
    var lines = fatal.map { "would not start here: \($0.sentence)" }
    lines.append(
      "would make the tracefs instance gpc_replay_PID_START, clock \(clock), \(buffer.bytes >> 10) KiB per CPU")
    lines += probes.list.map { "would define \($0.definition(group: "gpc_replay_PID_START"))" }
    lines += probes.absent.map { "would not record \($0)" }
    lines.append(
      "would write \(output) "
        + end
        + ", and remove the probes and the instance")
    try printOut(lines.map { $0 + "\n" }.joined())
  }
}

/// Kinds of findings, `stale,contract`.
struct FindingKinds: ExpressibleByArgument {
  let kinds: [String]

  init?(argument: String) {
    kinds = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard kinds.allSatisfy(RecordLookCommand.kinds.contains) else { return nil }
  }
}

/// Bytes that a file system has left, for a file that is to be made; nil: its folder is not there.
func freeBytes(besides path: String) -> Int64? {
  var status = statvfs()
  let folder = path.contains("/") ? String(path[..<path.lastIndex(of: "/")!]) : "."
  guard statvfs(folder.isEmpty ? "/" : folder, &status) == 0 else { return nil }
  return Int64(clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
}

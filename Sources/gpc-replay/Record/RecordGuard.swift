// A second process that removes the probes when the recording one is killed: it sees its pipe close.

import ArgumentParser
import Glibc
import Recorder

/// The guard of a recording, seen from the recording.
struct RecordGuard {
  private let process: ChildProcess
  private let pipeEnd: Int32

  init(_ instance: TraceInstance, output: String, root: String) {
    var ends: [Int32] = [-1, -1]
    pipe(&ends)
    // Neither end reaches the command that is recorded; the guard's is put on its standard input.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    pipeEnd = ends[1]
    process = ChildProcess(
      ["/proc/self/exe", "record-guard", instance.tracefs, instance.name, output, "\(getpid())", "--root", root],
      ChildProcess.Streams(input: ends[0]), isApart: true)
    close(ends[0])
  }

  /// There is nothing left to guard.
  func dismiss() {
    close(pipeEnd)
    process.wait()
  }
}

/// `record-guard`, which nobody types: waits for the end of its standard input, then removes what is left.
struct RecordGuardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "record-guard", shouldDisplay: false)

  @Argument var tracefs: String
  @Argument var instance: String
  @Argument var output: String
  @Argument var pid: Int32
  @Option var root = ""

  func run() {
    var byte: UInt8 = 0
    while true {
      let count = read(STDIN_FILENO, &byte, 1)
      if count == 0 || count < 0 && errno != EINTR { break }
    }
    let files = SystemTraceFiles(root: root)
    // The recording is dead, and so is its hold on the instance, but for a child that has it open for a moment longer.
    for _ in 0..<50 {
      if TraceInstance(files, tracefs: tracefs, name: instance).remove() == 0 { break }
      usleep(100_000)
    }
    RecordingFile.removeUnfinished(output, pid: pid)
  }
}

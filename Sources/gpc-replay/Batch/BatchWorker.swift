// One recording of a batch under way, in a process of its own.

import Glibc
import Pipeline
import Report

/// The process, and what it has said so far.
final class BatchWorker {
  var circumstances: RecordingLine.Circumstances
  let path: String
  private let process: ChildProcess
  /// Its standard streams' other end.
  let socket: Int32
  private(set) var content: RecordingJudge.Content?
  private(set) var report: JudgeReport?
  /// The beginning of what else it said.
  private(set) var words = ""
  private var pending: [UInt8] = []
  /// It may go on.
  private(set) var isGoing = false
  /// The batch has ended it, since it took too long.
  private(set) var isStuck = false
  private let begun = ContinuousClock.now

  private static let wordsMax = 2048

  /// nil: no process could be started; errno says why.
  init?(_ request: ResultRequest, path: String, _ circumstances: RecordingLine.Circumstances) {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // A terminal's ^C is this process's: it ends the others itself.
    process = ChildProcess(
      ["/proc/self/exe", "batch-recording"] + request.arguments + ["--", path],
      ChildProcess.Streams(input: ends[1], output: ends[1], errors: ends[1]), hasOwnGroup: true)
    close(ends[1])
    (socket, self.path, self.circumstances) = (ends[0], path, circumstances)
    guard process.pid == nil else { return }
    close(socket)
    errno = process.errno
    return nil
  }

  /// Takes what it says.
  /// - Returns: false: it has ended.
  func receive() -> Bool {
    var block = [UInt8](repeating: 0, count: 4096)
    let count = read(socket, &block, block.count)
    if count < 0, errno == EINTR { return true }
    if count <= 0 { return false }
    pending += block[..<count]
    while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
      take(String(decoding: pending[..<end], as: UTF8.self))
      pending.removeSubrange(...end)
    }
    if pending.count > Self.wordsMax { pending = [] }
    return true
  }

  private func take(_ line: String) {
    switch JudgeReport(line: line) {
    case .content(let content): self.content = content
    case let report?: self.report = report
    case nil: if words.utf8.count < Self.wordsMax { words += line + "\n" }
    }
  }

  /// It has said what its recording is known by, and may judge it.
  func go() {
    isGoing = true
    // Not a write(), which would end this process if that one is gone.
    send(socket, "g", 1, Int32(MSG_NOSIGNAL))
  }

  func end(by signal: Int32) {
    if let pid = process.pid { kill(pid, signal) }
  }

  /// Ends it if it has waited for something other than the CPU for very long.
  func endIfStuck(after limit: Duration) {
    guard !isStuck, ContinuousClock.now - begun > limit else { return }
    isStuck = true
    end(by: SIGKILL)
  }

  /// Its end, once it has come.
  func wait() -> ChildProcess.End? {
    close(socket)
    let end = process.wait()
    circumstances.seconds = Self.seconds(ContinuousClock.now - begun)
    circumstances.cpuSeconds = end.map { Self.seconds($0.cpuTime) }
    circumstances.residentMax = end?.residentMax
    return end
  }

  /// To the millisecond.
  private static func seconds(_ duration: Duration) -> Double {
    let (seconds, rest) = duration.components
    return Double(seconds * 1000 + rest / 1_000_000_000_000_000) / 1000
  }
}

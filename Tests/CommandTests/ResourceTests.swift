// Memory stays bounded, and progress shows itself on terminals only.

import Foundation
import RealBinary
import Testing

@Suite struct ResourceTests {
  /// Half a million lines; what a run needs must not grow with them.
  @Test func memoryIsBounded() throws {
    let folder = try TemporaryFolder()
    try LargeTrace.write("overlap", times: 40, to: folder.file("large.txt"))
    let run = try Invocation.process(Invocation.binary.path, ["large.txt"], in: folder.url, printed: folder)
    try run.run()
    let peak = peakMemory(of: run)
    #expect(run.terminationStatus == 1)
    #expect(peak > 0 && peak < 256 * 1024, "\(peak) KB")
  }

  /// The most memory a process had in its life, in KiB, as /proc says while it runs; returns when it has ended. `ru_maxrss` will not do: getrusage(2)
  /// keeps it over an execve, so that a child begins with what the tests themselves hold, and for the children it gives the largest of all.
  private func peakMemory(of process: Process) -> Int {
    var peak = 0
    while process.isRunning {
      let status = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
      if let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) {
        peak = line.split(separator: " ").compactMap { Int($0) }.first ?? peak
      }
      usleep(2000)
    }
    return peak
  }

  /// Standard input that comes slowly: the work takes more than a second, however fast the machine.
  private static let slowly = """
    { head -n 5000 text; sleep 1.3; tail -n +5001 text; } | gpc-replay import - --db out.db
    """

  @Test func progressIsForTerminals() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("text", CorpusTrace("overlap").text)
    #expect(try Invocation(shell: Self.slowly, in: folder.url).errorText == "")

    let (shown, status) = try onTerminal(Self.slowly, in: folder)
    #expect(status == 0)
    #expect(shown.contains(" events, ") && shown.contains(" events/s"), "\(shown)")
    #expect(shown.hasSuffix("\r\u{1b}[K"), "wiped at the end")
  }

  @Test func quickWorkShowsNone() throws {
    let folder = try TemporaryFolder()
    let (shown, status) = try onTerminal("gpc-replay \(CorpusTrace("quiet").trace.path)", in: folder)
    #expect(status == 0 && shown == "")
  }

  /// What a command prints on a standard error that is a terminal (made by `script`), and its status.
  private func onTerminal(_ command: String, in folder: TemporaryFolder) throws -> (shown: String, status: Int32) {
    _ = try folder.write("command", "exec >/dev/null\n\(command)\n")
    let run = try Invocation(shell: "script -qec 'bash command' /dev/null", in: folder.url)
    return (run.text, run.status)
  }
}

// `gpc-replay view DB`: a database in Perfetto's page, at a finding.

import ArgumentParser
import FileSystem
import Glibc
import LoopbackServer
import Perfetto
import Pipeline
import TraceStore

struct ViewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "view",
    abstract: "Show a database in Perfetto's page, at a finding.",
    discussion: """
      Serves the trace that `export` writes on 127.0.0.1 until ^C, and prints the link that shows it; with a desktop, opens \
      it. The page is https://ui.perfetto.dev, which reads the trace in the browser and sends it nowhere, or with --ui a \
      copy of it that is served as well.

      Example:
        gpc-replay run traces/missed/stale-hva/trace.txt.zst --db stale.db
        gpc-replay view stale.db --finding 1
      """)

  /// The one that the page's Content-Security-Policy lets it read from.
  private static let port: UInt16 = 9001
  private static let page = "https://ui.perfetto.dev"
  private static let path = "/trace.pftrace"

  @Argument(help: "A database written by gpc-replay.")
  var database: String

  @Option(help: "The number of a finding: the page opens at it, its tracks pinned. Default: the whole recording.")
  var finding: Int64?

  @Option(
    help: "A folder that holds an unpacked copy of Perfetto's page, served in place of the one on the network.",
    completion: .directory)
  var ui: String?

  @Flag(help: "Only print the link.")
  var noOpen = false

  func run() throws {
    let store = try TraceDatabase(at: database)
    let view = try view(of: store)
    let folder = try ui.map { try Self.resolved($0) }
    let interrupt = Interrupt()
    let trace = try Self.file()
    defer { close(trace) }
    // Before the export, which takes seconds for a long recording.
    let server = try Self.server(ServedFiles(trace: trace, at: Self.path, folder: folder), isOwnPage: folder != nil)
    try export(store, to: trace, interrupt)
    let local = "http://127.0.0.1:\(Self.port)"
    let link = view.link(page: folder == nil ? Self.page : local, trace: local + Self.path)
    try printOut("\(link)\nServed until ^C.\n")
    if !noOpen, Self.hasDesktop { Self.open(link) }
    server.run { interrupt.isRequested }
  }

  private func view(of store: TraceDatabase) throws -> TimelineView {
    guard let finding else { return TimelineView() }
    if let view = try TimelineView(finding: finding, in: store) { return view }
    throw fail(
      "\(database) has no finding \(finding) in its recording (a counterexample has no times); gpc-replay explain \(database) lists them."
    )
  }

  private static func resolved(_ folder: String) throws -> String {
    guard let path = realpath(folder, nil) else {
      throw fail("\(folder): \(String(cString: strerror(errno))).")
    }
    defer { free(path) }
    let resolved = String(cString: path)
    if access("\(resolved)/index.html", R_OK) != 0 {
      throw fail("\(folder) holds no copy of Perfetto's page: it has no index.html.")
    }
    return resolved
  }

  private static func server(_ files: ServedFiles, isOwnPage: Bool) throws -> LoopbackServer {
    do {
      return try LoopbackServer(port: port, files, origin: isOwnPage ? nil : page)
    } catch {
      if error.errno == EADDRINUSE {
        throw fail("port \(port), the only one that Perfetto's page reads from, is in use: is another view running?")
      }
      throw fail("127.0.0.1:\(port) cannot be served: \(String(cString: strerror(error.errno))).")
    }
  }

  private static func file() throws -> Int32 {
    do throws(SystemCallError) {
      return try namelessFile()
    } catch {
      throw fail("\(temporaryFolder) cannot be written: \(error.reason).")
    }
  }

  private func export(_ store: TraceDatabase, to trace: Int32, _ interrupt: Interrupt) throws {
    do {
      let isInterrupted = { interrupt.isRequested }
      let summary = try store.writeTimeline(
        withEvents: false, isInterrupted: isInterrupted, to: { try writeAll($0, to: trace) })
      interrupt.deliver()
      let missing = summary.absences(of: database)
      if !missing.isEmpty { printError(missing) }
    } catch let error as FileWriteError {
      printError(
        "gpc-replay: \(temporaryFolder) cannot be written: \(String(cString: strerror(error.errno))).\n")
      throw ExitStatus.unwritable.code
    }
  }

  private static var hasDesktop: Bool { getenv("DISPLAY") != nil || getenv("WAYLAND_DISPLAY") != nil }

  /// Where there is no xdg-open, the link is printed, and that is all.
  private static func open(_ link: String) {
    _ = ChildProcess(["xdg-open", link], isApart: true)
  }
}

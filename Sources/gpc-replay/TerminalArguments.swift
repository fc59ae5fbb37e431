// The terminal: its width, its colours, its pager.

import ArgumentParser
import Glibc
import TextLayout

/// When to colour.
enum ColorChoice: String, CaseIterable, ExpressibleByArgument { case auto, always, never }

struct TerminalArguments: ParsableArguments {
  @Option(help: "Colour: auto (on a terminal, unless NO_COLOR is set), always or never.")
  var color = ColorChoice.auto

  @Flag(name: .customLong("no-pager"), help: "Do not show a long text in a pager (GPC_REPLAY_PAGER, PAGER, else less).")
  var isWithoutPager = false

  /// Of the text, in columns.
  var width: Int { Terminal.width }

  /// Prints the lines, in a pager if they do not fit on the screen.
  func show(_ lines: [StyledLine]) throws {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    let inColor =
      switch color {
      case .auto: isTerminal && Terminal.variable("NO_COLOR") == nil && Terminal.variable("TERM") != "dumb"
      case .always: true
      case .never: false
      }
    let text = lines.map { $0.rendered(inColor: inColor) + "\n" }.joined()
    if isTerminal, !isWithoutPager, let rows = Terminal.size?.rows, lines.count >= rows {
      let pager = Terminal.variable("GPC_REPLAY_PAGER") ?? Terminal.variable("PAGER") ?? "less"
      if Pager(pager).show(text) { return }
    }
    try printOut(text)
  }
}

/// What standard output is shown on.
enum Terminal {
  /// In columns: COLUMNS, else the terminal's, else 100. Not less than 40.
  static var width: Int { max(knownWidth ?? 100, 40) }

  /// nil: the output is no terminal, and COLUMNS is not set.
  static var knownWidth: Int? {
    variable("COLUMNS").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } ?? size?.columns
  }

  static var size: (rows: Int, columns: Int)? {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return (Int(size.ws_row), Int(size.ws_col))
  }

  /// nil: not set, or empty.
  static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// A program that shows a text page by page.
struct Pager {
  private let command: String

  init(_ command: String) { self.command = command }

  /// false: it cannot be run.
  func show(_ text: String) -> Bool {
    if command == "cat" { return false }
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return false }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
    // As git: quit if it fits, keep colours, leave the text on the screen.
    setenv("LESS", "FRX", 0)
    var pid: pid_t = 0
    let words: [String] = ["sh", "-c", command]
    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    let code = posix_spawn(&pid, "/bin/sh", &actions, nil, arguments, environ)
    close(ends[0])
    guard code == 0 else {
      close(ends[1])
      return false
    }
    // The reader may leave before the end.
    signal(SIGPIPE, SIG_IGN)
    // ^C is for the pager.
    signal(SIGINT, SIG_IGN)
    _ = Output.write(Array(text.utf8), to: ends[1])
    close(ends[1])
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    // 127: the shell found no such program.
    return status >> 8 & 0xff != 127
  }
}

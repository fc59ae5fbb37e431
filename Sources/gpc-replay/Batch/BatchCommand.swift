// `gpc-replay batch`: many recordings, a result of each.

import ArgumentParser
import Glibc
import Pipeline
import TextLayout

struct BatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch",
    abstract: "Judge many recordings: a result file and a line of JSON for each.",
    discussion: """
      A result has what merge and the questions of a fleet need, and no events. Its name is made of the recording's content and \
      the options: what has a result is not judged again, so the same command goes on where an interrupted one ended, and several \
      hosts may work into one folder. Each recording is judged in a process of its own; one that cannot be judged is a line and, \
      where its bytes are the reason, a result. Lines are described by schema/batch.schema.json, all of it by docs/fleet.md. \
      \(ExitStatus.sentence([
        (.clean, "each recording has its line, whatever it says"), (.unreadable, "the list of recordings cannot be read"),
        (.usage, "usage"), (.unwritable, "the folder or standard output cannot be written"),
        (.temporary, "the same command may do more: a process was ended, a reading failed, or there was no space for temporary files"),
      ]))

      Example:
        gpc-replay batch traces/missed/*/trace.txt.zst --out results
      """)

  @Argument(help: "The recordings, in any form that run takes.", completion: .file())
  var files: [String] = []

  @Option(
    help: "Read the names of the recordings from this file, a line each (LF or CR LF); - for standard input.",
    completion: .file())
  var manifest: String?

  @Flag(
    name: [.customShort("0"), .customLong("null")],
    help: "The names of --manifest end with NUL, as find -print0 writes them.")
  var endsWithNull = false

  @Option(help: "Recordings under way at once. Default: the number of cores.")
  var jobs: Int?

  @OptionGroup var arguments: ResultArguments

  func validate() throws {
    if files.isEmpty == (manifest == nil) {
      throw ValidationError("Name the recordings, or a list of them with --manifest: one of both.")
    }
    if endsWithNull && manifest == nil { throw ValidationError("--null is of --manifest.") }
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs must be 1 to 1024.") }
  }

  func run() throws {
    // What is wrong with an option is not said of every recording.
    let request = try arguments.request()
    _ = try request.reading.readOptions()
    let list: PathList
    if let manifest {
      guard let opened = PathList(list: manifest, endsWithNull: endsWithNull) else {
        throw fail("\(manifest) cannot be opened: \(String(cString: strerror(errno))).")
      }
      list = opened
    } else {
      list = PathList(files)
    }
    try makeFolder(request.folder)
    var run = try BatchRun(request, list, jobCount: jobs ?? CorpusRun.coreCount)
    try run.run()
  }

  /// With those above it. One that cannot be written is found before any work.
  private func makeFolder(_ folder: String) throws {
    var path = folder.hasPrefix("/") ? "/" : ""
    for part in folder.split(separator: "/") {
      path += part + "/"
      if mkdir(path, 0o777) != 0, errno != EEXIST { throw unwritable(folder, errno) }
    }
    var status = stat()
    guard stat(folder, &status) == 0 else { throw unwritable(folder, errno) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw unwritable(folder, ENOTDIR) }
    guard access(folder, W_OK | X_OK) == 0 else { throw unwritable(folder, errno) }
  }

  private func unwritable(_ folder: String, _ number: Int32) -> ExitCode {
    printError("gpc-replay: \(folder.printable) cannot be written: \(String(cString: strerror(number))).\n")
    return ExitStatus.unwritable.code
  }
}

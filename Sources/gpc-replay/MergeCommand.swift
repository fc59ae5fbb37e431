// `gpc-replay merge DIR… -o fleet.db`: the results of many recordings in one database.

import ArgumentParser
import FileSystem
import Glibc
import Pipeline
import TextLayout
import TraceStore

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Put the results of many recordings into one fleet database.",
    discussion: """
      Takes what `gpc-replay batch` wrote: folders, results, and fleet databases. A fleet database that is there is added \
      to. The same results are the same bytes, in whatever order they are named. `gpc-replay query FLEET --list` names \
      the questions. \(ExitStatus.sentence([
        (.clean, "merged"), (.unreadable, "a result cannot be read, or another process replaced one"), (.usage, "usage"),
        (.unwritable, "the fleet database cannot be written"),
      ]))

      Example:
        gpc-replay batch traces/missed/*/trace.txt.zst --out results
        gpc-replay merge results -o fleet.db
        gpc-replay report fleet.db
        gpc-replay query fleet.db kernels
      """)

  @Argument(help: "Folders of results, results, or fleet databases.", completion: .file(extensions: ["db"]))
  var inputs: [String]

  @Option(name: .shortAndLong, help: ArgumentHelp("The fleet database to write, or to add to.", valueName: "fleet.db"))
  var output: String

  func run() throws {
    let outcome = try merged()
    for folder in outcome.empty { printError("gpc-replay: \(folder.printable): no result is in it.\n") }
    if outcome.repeated > 0 {
      printError(
        """
        gpc-replay: \(plural(outcome.repeated, "content")) \(outcome.repeated == 1 ? "is" : "are") there more than once, by \
        other options or labels, and counted each time: `gpc-replay query \(shellWord(output)) repeated`.\n
        """)
    }
    let again = outcome.duplicates > 0 ? ", \(plural(outcome.duplicates, "duplicate")) left out" : ""
    try printOut("\(output.printable): \(plural(outcome.recordings, "recording"))\(again)\n")
  }

  /// What is not written ends the verb with `EX_IOERR`.
  private func merged() throws -> FleetMerge.Outcome {
    do throws(TraceStoreError) {
      return try FleetMerge(inputs, into: output).run(.terminal)
    } catch {
      let folder = FinalPath.split(FinalPath.resolve(output)).folder
      let why: String
      switch error {
      case .noSpace(let path) where path.hasPrefix(folder):
        why = "no space is left, or a limit on file sizes is reached"
      case .system(let errno, _, let path) where path.hasPrefix("\(folder)/."): why = String(cString: strerror(errno))
      case _: throw error
      }
      printError("gpc-replay: \(output.printable) cannot be written: \(why).\n")
      throw ExitStatus.unwritable.code
    }
  }
}

// The door: one verb per file.

import ArgumentParser

@main
struct GPCReplay: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gpc-replay",
    subcommands: [ProtocolsCommand.self, ExploreCommand.self, MatrixCommand.self])
}

// The verbs and their arguments as ArgumentParser knows them: what `--help` prints, for manual pages and completion.

import ArgumentParser
import FoundationEssentials

/// A verb, or the program itself: the part of ArgumentParser's `--experimental-dump-help` that is used here.
struct VerbDescription: Decodable {
  struct Argument: Decodable {
    enum Kind: String, Decodable {
      case positional
      case option
      case flag
    }

    struct Name: Decodable {
      let kind: String
      let name: String

      /// As it is typed.
      var word: String { kind == "long" ? "--\(name)" : "-\(name)" }
    }

    /// `completion:` of its declaration.
    struct Completion: Decodable {
      struct Files: Decodable {
        let extensions: [String]
      }
      struct Folder: Decodable {}

      let file: Files?
      let directory: Folder?
    }

    let kind: Kind
    let shouldDisplay: Bool
    let isOptional: Bool
    let isRepeating: Bool
    let names: [Name]?
    let preferredName: Name?
    let valueName: String?
    let defaultValue: String?
    let allValues: [String]?
    let completionKind: Completion?
    let abstract: String?

    /// All that it can be typed as; of a positional one none.
    var words: [String] { (names ?? []).map(\.word) }
  }

  let commandName: String
  let shouldDisplay: Bool
  let abstract: String?
  let discussion: String?
  let defaultSubcommand: String?
  let subcommands: [VerbDescription]?
  let arguments: [Argument]?

  /// The verbs that `--help` lists.
  var verbs: [VerbDescription] { (subcommands ?? []).filter(\.shouldDisplay) }
  /// The arguments that `--help` lists.
  var shownArguments: [Argument] { (arguments ?? []).filter(\.shouldDisplay) }

  func verb(_ name: String) -> VerbDescription? { verbs.first { $0.commandName == name } }

  /// The program.
  static func program() throws -> VerbDescription {
    struct Dump: Decodable {
      let command: VerbDescription
    }
    do {
      _ = try GPCReplay.parseAsRoot(["--experimental-dump-help"])
    } catch {
      return try JSONDecoder().decode(Dump.self, from: Data(GPCReplay.fullMessage(for: error).utf8)).command
    }
    preconditionFailure("ArgumentParser did not print its description")
  }
}
